namespace Preempt;

/// <summary>
/// The ids of the instances that Preempt keeps beside the runs. All begin with <c>_</c>; the ids of runs begin with a letter or a digit
/// (<see cref="RunId.Validate"/>), so a caller that chooses the id of a run cannot take one of these.
/// </summary>
internal static class KeptIds
{
    /// <summary>The one instance of the orchestration <see cref="PreemptFunctions.CleanUp"/>.</summary>
    public const string CleanUp = "_cleanup:app";

    /// <summary>What the ids of bulk operations begin with.</summary>
    public const string Operations = "_operation:";

    /// <summary>What the ids of orchestrations that tell the runs of a change of the app's mode begin with.</summary>
    public const string ModeChanges = "_mode:";

    /// <summary>What the ids of orchestrations that tell gates of a change of limits begin with.</summary>
    public const string LimitChanges = "_limits:";

    /// <summary>What the ids of orchestrations that delete a run begin with.</summary>
    public const string Deletions = "_delete:";

    /// <summary>What the ids of orchestrations that tell runs of their admission begin with.</summary>
    public const string HandOffs = "_hand-off:";

    /// <summary>What the ids of claims of idempotency keys begin with.</summary>
    public const string Claims = "_idempotency:";

    /// <summary>What the ids of pointers to runs begin with, see <see cref="RunRange"/>.</summary>
    public const string Pointers = "_run:";

    /// <summary>Whether an id can be that of a bulk operation; any other need not be looked for, and the engine does not survive some.</summary>
    public static bool CanBeOperation(string id) => id.StartsWith(Operations, StringComparison.Ordinal) && RunId.Validate(id[1..]) is null;
}
