namespace Preempt;

/// <summary>Makes rules of what an app's code says, and refuses what is out of range.</summary>
/// <param name="owner">Whose rule it is, for error messages, as in <c>workflow "chat-reply"</c>.</param>
internal sealed class RuleMaker(string owner)
{
    /// <summary>A rule about the runs at one time.</summary>
    /// <exception cref="ArgumentException">A limit is out of range, or does not belong to this strategy.</exception>
    public ConcurrencyRule Concurrency(RuleSource source, int maxRuns, ConcurrencyStrategy strategy, Handover handover, StrategyLimits limits)
    {
        CheckRange(maxRuns, ConcurrencyRule.LargestMaxRuns, nameof(maxRuns));
        CheckRange(limits.MaxQueued, ConcurrencyRule.LargestMaxQueued, "maxQueued");
        CheckRange(limits.MaxTotal, ConcurrencyRule.LargestMaxRuns, "maxTotal");
        CheckRange(limits.MaxQueuedTotal, ConcurrencyRule.LargestMaxQueued, "maxQueuedTotal");
        CheckStrategy(handover != default, strategy, nameof(handover), ConcurrencyStrategy.CancelInProgress);
        CheckStrategy(limits.MaxQueued is not null, strategy, "maxQueued", ConcurrencyStrategy.Queue, ConcurrencyStrategy.RoundRobin);
        CheckStrategy(limits.MaxTotal is not null, strategy, "maxTotal", ConcurrencyStrategy.RoundRobin);
        CheckStrategy(limits.MaxQueuedTotal is not null, strategy, "maxQueuedTotal", ConcurrencyStrategy.RoundRobin);
        return new ConcurrencyRule
        {
            Key = source.Key.Description,
            MaxRuns = maxRuns,
            IsMaxRunsComputed = source.MaxRuns is not null,
            Strategy = strategy,
            Handover = handover,
            MaxQueued = limits.MaxQueued ?? (strategy == ConcurrencyStrategy.RoundRobin
                ? ConcurrencyRule.DefaultMaxQueuedInTurn
                : ConcurrencyRule.LargestMaxQueued),
            MaxTotal = limits.MaxTotal ?? ConcurrencyRule.LargestMaxRuns,
            MaxQueuedTotal = limits.MaxQueuedTotal ?? ConcurrencyRule.LargestMaxQueued,
        };
    }

    /// <summary>A rule about the starts in a time.</summary>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public ConcurrencyRule Throttle(RuleSource source, int starts, Duration per, int? burst, WhenFull whenFull, int? maxQueued)
    {
        CheckRange(starts, StartRate.LargestStarts, nameof(starts));
        CheckRange(burst, ConcurrencyRule.LargestMaxRuns, nameof(burst));
        CheckRange(maxQueued, ConcurrencyRule.LargestMaxQueued, nameof(maxQueued));
        if (new StartRate(starts, per).Validate() is { } error)
            throw new ArgumentOutOfRangeException(nameof(per), $"{owner}: {error}");
        bool rejects = whenFull == WhenFull.Reject;
        if (rejects && maxQueued is not null)
            throw new ArgumentException($"{owner}: a throttle that rejects takes no {nameof(maxQueued)}.", nameof(maxQueued));
        return new ConcurrencyRule
        {
            Key = source.Key.Description,
            MaxRuns = burst ?? (rejects ? Math.Min(starts, ConcurrencyRule.LargestMaxRuns) : 1),
            Strategy = rejects ? ConcurrencyStrategy.CancelNewest : ConcurrencyStrategy.Queue,
            Rate = new StartRate(starts, per),
            MaxQueued = maxQueued ?? ConcurrencyRule.LargestMaxQueued,
        };
    }

    /// <summary>A rule that waits until a key is quiet.</summary>
    /// <exception cref="ArgumentException">A time is out of range.</exception>
    public ConcurrencyRule Debounce(RuleSource source, Duration quiet, Duration atMost)
    {
        if (quiet < Preempt.Debounce.ShortestQuiet || quiet > Preempt.Debounce.LongestQuiet)
            throw new ArgumentOutOfRangeException(nameof(quiet), $"{owner}: quiet {quiet}: 10 milliseconds to 1 day is allowed.");
        if (atMost < quiet || atMost > Preempt.Debounce.LongestAtMost)
            throw new ArgumentOutOfRangeException(nameof(atMost), $"{owner}: atMost {atMost}: {quiet}, which is quiet, to 31 days is allowed.");
        return new ConcurrencyRule
        {
            Key = source.Key.Description,
            MaxRuns = 1,
            Strategy = ConcurrencyStrategy.CancelInProgress,
            Debounce = new Debounce(quiet, atMost),
        };
    }

    private void CheckRange(int? value, int largest, string name)
    {
        if (value < 1 || value > largest)
            throw new ArgumentOutOfRangeException(name, $"{owner}: {name} {value}: 1 to {largest} is allowed.");
    }

    private void CheckStrategy(bool isGiven, ConcurrencyStrategy strategy, string name, params ReadOnlySpan<ConcurrencyStrategy> allowed)
    {
        if (isGiven && !allowed.Contains(strategy))
            throw new ArgumentException($"{owner}: strategy {strategy} takes no {name}.", name);
    }
}

/// <summary>The limits of some strategies, as they were given.</summary>
internal readonly record struct StrategyLimits(int? MaxQueued, int? MaxTotal, int? MaxQueuedTotal);
