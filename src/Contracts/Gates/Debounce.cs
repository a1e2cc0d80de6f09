namespace Preempt;

/// <summary>When the newest of the runs of a key starts that come shortly one after the other.</summary>
/// <param name="Quiet">How long no further run of the key must have come: 10 milliseconds to 1 day.</param>
/// <param name="AtMost">How long after the first of them the newest starts in any case: as long as <paramref name="Quiet"/> at least, 31 days at most.</param>
public sealed record Debounce(Duration Quiet, Duration AtMost)
{
    /// <summary>The shortest <see cref="Quiet"/>.</summary>
    public static readonly Duration ShortestQuiet = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest <see cref="Quiet"/>.</summary>
    public static readonly Duration LongestQuiet = TimeSpan.FromDays(1);

    /// <summary>The longest <see cref="AtMost"/>.</summary>
    public static readonly Duration LongestAtMost = TimeSpan.FromDays(31);

    /// <inheritdoc />
    public override string ToString() => $"after {Quiet} without a new run, {AtMost} at most";
}
