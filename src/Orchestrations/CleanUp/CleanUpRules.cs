using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Which instances are leftovers, and how long each kind is kept.</summary>
internal static class CleanUpRules
{
    /// <summary>How long what nobody reads is kept: a repeated message may still ask for it.</summary>
    public static readonly TimeSpan Unread = TimeSpan.FromHours(1);

    /// <summary>How long bulk operations, and what was done for a change of the app's mode, are kept after they were started.</summary>
    public static readonly TimeSpan Operations = TimeSpan.FromDays(7);

    /// <summary>How long a kind is kept from when it was made.</summary>
    public static Duration RetentionOf(LeftoverKind kind, PreemptOptions options) => kind switch
    {
        LeftoverKind.HandOffs or LeftoverKind.Deletions => Unread,
        LeftoverKind.ModeChanges or LeftoverKind.Operations => Operations,
        LeftoverKind.Claims => options.IdempotencyRetention,
        LeftoverKind.Runs => options.RunRetention,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>What the ids of a kind begin with; null where they may begin with anything.</summary>
    public static string? PrefixOf(LeftoverKind kind) => kind switch
    {
        LeftoverKind.HandOffs => ConcurrencyGate.HandOffPrefix,
        LeftoverKind.Deletions => RunDeletion.Prefix,
        LeftoverKind.ModeChanges => AppSwitch.InstancePrefix,
        LeftoverKind.Operations => BulkOperation.InstancePrefix,
        LeftoverKind.Claims => RunStart.ClaimPrefix,
        _ => null,
    };

    /// <summary>Whether an instance that was found under the prefix of a kind is of that kind: a caller may have chosen such an id for a run.</summary>
    public static bool Is(LeftoverKind kind, OrchestrationMetadata instance, AppState mode) => instance.Name == FunctionOf(kind) && kind switch
    {
        // The latest tells how far a drain has got.
        LeftoverKind.ModeChanges => instance.InstanceId != AppSwitch.InstanceOf(mode.Generation),
        LeftoverKind.Runs => RunReader.ReadRequest(instance) is not null,
        _ => true,
    };

    private static string FunctionOf(LeftoverKind kind) => kind switch
    {
        LeftoverKind.HandOffs => PreemptFunctions.HandOff,
        LeftoverKind.Deletions => PreemptFunctions.DeleteRun,
        LeftoverKind.ModeChanges => PreemptFunctions.ApplyMode,
        LeftoverKind.Operations => PreemptFunctions.Bulk,
        LeftoverKind.Claims => PreemptFunctions.Claim,
        LeftoverKind.Runs => PreemptFunctions.Run,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
