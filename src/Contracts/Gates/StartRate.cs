namespace Preempt;

/// <summary>How often runs of one key may start. On average the starts are <see cref="Per"/> / <see cref="Starts"/> apart.</summary>
/// <param name="Starts">How many runs may start in <paramref name="Per"/>: 1 to 100,000.</param>
/// <param name="Per">1 second to 31 days, and at least a millisecond for each start.</param>
public sealed record StartRate(int Starts, Duration Per)
{
    /// <summary>The most starts that a rate can have.</summary>
    public const int LargestStarts = 100_000;

    /// <summary>The shortest <see cref="Per"/>.</summary>
    public static readonly Duration ShortestPer = TimeSpan.FromSeconds(1);

    /// <summary>The longest <see cref="Per"/>.</summary>
    public static readonly Duration LongestPer = TimeSpan.FromDays(31);

    /// <summary>Checks the rate.</summary>
    /// <returns>What is wrong with it; null if it is allowed.</returns>
    internal string? Validate() => this switch
    {
        { Starts: < 1 or > LargestStarts } => $"starts {Starts}: 1 to {LargestStarts} is allowed.",
        { Per: var per } when per < ShortestPer || per > LongestPer || per.Value < TimeSpan.FromMilliseconds(Starts) =>
            $"per {per}: 1 second to 31 days is allowed, and at least a millisecond for each of the {Starts} starts.",
        _ => null,
    };

    /// <inheritdoc />
    public override string ToString() => $"{Starts} {(Starts == 1 ? "start" : "starts")} per {Per}";
}
