namespace Preempt;

/// <summary>
/// The versions of the supervisor's protocol: what a run decides, and in which order, as far as its history shows. A history is replayed by code
/// of later releases, so a run keeps to the version at which it was accepted.
/// </summary>
/// <remarks>
/// A change of that kind is a new version. Give it a name here, as in <c>public const int LeavesAtOnce = 2</c>; have the code ask
/// <c>run.Request.Protocol >= RunProtocol.LeavesAtOnce</c> and keep the old way beside the new; raise <see cref="Newest"/>. The next release
/// raises <see cref="Accepted"/>: while a release is rolled out, or rolled back, processes of both carry on the same runs. Histories of the new
/// version are added to those that the tests replay.
/// </remarks>
internal static class RunProtocol
{
    /// <summary>The version of the first release.</summary>
    public const int First = 1;

    /// <summary>The version at which runs are accepted: one that the release before knows too.</summary>
    public const int Accepted = First;

    /// <summary>The newest version that this code can carry on.</summary>
    public const int Newest = First;

    /// <summary>Why this code cannot carry on a run; null where it can.</summary>
    /// <param name="version">The run's version.</param>
    public static string? Refusal(int version) => version is >= First and <= Newest ? null
        : $"The run was accepted at version {version} of the run protocol; this version of Preempt carries on versions {First} to {Newest}. "
            + "Deploy a newer one again before such runs have their next turn, or start the run anew.";
}
