using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Which instances are leftovers, and how long each kind is kept.</summary>
internal static class CleanUpRules
{
    /// <summary>How long what nobody reads is kept: a repeated message may still ask for it.</summary>
    public static readonly TimeSpan Unread = TimeSpan.FromHours(1);

    /// <summary>How long bulk operations, and what was done for a change of the app's mode, are kept after they were started.</summary>
    public static readonly TimeSpan Operations = TimeSpan.FromDays(7);

    /// <summary>The rule of a kind.</summary>
    public static LeftoverRule Of(LeftoverKind kind, PreemptOptions options) => kind switch
    {
        LeftoverKind.HandOffs => new(PreemptFunctions.HandOff, KeptIds.HandOffs, Unread),
        LeftoverKind.Deletions => new(PreemptFunctions.DeleteRun, KeptIds.Deletions, Unread),
        LeftoverKind.ModeChanges => new(PreemptFunctions.ApplyMode, KeptIds.ModeChanges, Operations),
        LeftoverKind.LimitChanges => new(PreemptFunctions.ApplyLimits, KeptIds.LimitChanges, Unread),
        LeftoverKind.Operations => new(PreemptFunctions.Bulk, KeptIds.Operations, Operations),
        LeftoverKind.Claims => new(PreemptFunctions.Claim, KeptIds.Claims, options.IdempotencyRetention),
        LeftoverKind.Runs => new(PreemptFunctions.Run, null, options.RunRetention),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>
    /// Whether an instance that was found under the prefix of a kind is of that kind, and may go: the app has orchestrations of its own, under any ids.
    /// </summary>
    public static bool MayGo(LeftoverKind kind, LeftoverRule rule, OrchestrationMetadata instance, AppState mode) => instance.Name == rule.Function && kind switch
    {
        // The latest tells how far a drain has got.
        LeftoverKind.ModeChanges => instance.InstanceId != AppSwitch.InstanceOf(mode.Generation),
        LeftoverKind.Runs => RunReader.ReadRequest(instance) is not null,
        _ => true,
    };
}

/// <summary>What leftovers of a kind are, and how long they are kept.</summary>
/// <param name="Function">The orchestration that they are instances of.</param>
/// <param name="Prefix">What their ids begin with; null where they may begin with anything.</param>
/// <param name="Retention">How long each is kept from when it was made.</param>
internal sealed record LeftoverRule(string Function, string? Prefix, Duration Retention);
