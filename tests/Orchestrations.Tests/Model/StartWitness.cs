namespace Preempt.Tests.Model;

/// <summary>Sees every state of one gate without slots that becomes durable, of a throttle or a debounce, and says what should not be.</summary>
internal sealed class StartWitness(string gate, ProtocolWitness all)
{
    /// <summary>A run asks when its time has come. Its timer, its question and what it tells others can each be late by some seconds.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(75);

    /// <summary>What passes between a decision and its commit.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly List<DateTimeOffset> _starts = [];

    /// <summary>When limits were last changed.</summary>
    private DateTimeOffset _limitedAt;

    /// <summary>Sees the state after another.</summary>
    /// <returns>Those who have started between the two.</returns>
    public StartedState[] See(GateState before, GateState now)
    {
        StartedState[] known = [.. before.Started ?? []];
        StartedState[] started = [.. now.Started!.Value.Where(start => !known.Any(other => other.Token == start.Token))];
        CheckTokens(before, now, started);
        all.Require(started.Length == 0 || !LimitRules.IsPaused(now) || now.LimitNumber != before.LimitNumber, $"{gate} is paused, and let {started.Length} start.");
        if (now.LimitNumber != before.LimitNumber)
        {
            _starts.Clear();
            _limitedAt = all.Now;
        }

        if (now.Rule is { Debounce: not null })
        {
            CheckNewest(before, now, started);
        }
        else if (now.Rule is not null)
        {
            CheckOrder(before, now, started);
            CheckRate(now.Rule, now.LimitNumber == before.LimitNumber ? started.Length : 0);
        }

        CheckIdle(now);
        return started;
    }

    private void CheckTokens(GateState before, GateState now, StartedState[] started)
    {
        all.Require(now.Holders.IsEmpty, $"Somebody holds {gate}.");
        all.Require(
            now.LastToken == before.LastToken + started.Length && started.Select(start => start.Token - before.LastToken).SequenceEqual(Enumerable.Range(1, started.Length).Select(n => (long)n)),
            $"{gate} let {started.Length} start, and its token went from {before.LastToken} to {now.LastToken}.");
        foreach (StartedState start in started)
            all.Require(before.Started?.Any(earlier => earlier.RunId == start.RunId) != true, $"{gate} let {start.RunId} start twice.");
        all.Require(
            now.Waiters.All(waiter => now.Started!.Value.All(start => start.RunId != waiter.Age.RunId)), $"Somebody waits at {gate} and has started.");
    }

    /// <summary>Nobody goes before somebody who waits with a higher priority, or longer with the same.</summary>
    private void CheckOrder(GateState before, GateState now, StartedState[] started)
    {
        foreach (WaiterState waiter in now.Waiters.Where(waiter => before.Waiters.Any(known => known.CompareTo(waiter) == 0)))
        {
            foreach (WaiterState first in before.Waiters.Where(known => started.Any(start => start.RunId == known.Age.RunId)))
                all.Require(first < waiter, $"{gate} let {first.Age.RunId} start before {waiter.Age.RunId}.");
        }
    }

    /// <summary>In no time do more start than the rule allows, where clocks agree: what is written is what counts, also after a crash.</summary>
    private void CheckRate(ConcurrencyRule rule, int count)
    {
        _starts.AddRange(Enumerable.Repeat(all.Now, count));
        if (count == 0 || all.ClockError > TimeSpan.Zero)
            return;
        TimeSpan part = rule.Rate!.Per.Value / rule.Rate.Starts;
        for (int first = 0; first < _starts.Count; first++)
        {
            int inside = _starts.Count - first;
            double allowed = rule.MaxRuns + ((all.Now - _starts[first]) / part);
            all.Require(inside <= allowed + 0.001, $"{gate} let {inside} start in {all.Now - _starts[first]}, and {allowed} are allowed.");
        }
    }

    /// <summary>One waits, the newest that has ever come; it starts when its key was quiet for long enough or the longest time is over, where clocks agree.</summary>
    private void CheckNewest(GateState before, GateState now, StartedState[] started)
    {
        all.Require(now.Waiters.Length <= 1 && (now.Waiters.Length == 1) == now.Debounce is not null, $"{now.Waiters.Length} wait at {gate}, until {now.Debounce?.DueAt}.");
        all.Require(now.Newest.Length <= 1 && now.Waiters.All(waiter => waiter.Age == now.Newest[0]), $"{gate} lets one wait that is not the newest.");
        if (all.ClockError > TimeSpan.Zero)
            return;
        Debounce rule = now.Rule!.Debounce!;
        if (now.Debounce is { } debounce && (before.Waiters.IsEmpty || before.Waiters[0].Age != now.Waiters[0].Age))
        {
            // Within a commit the one before can have given up, or started; then this is the first.
            bool isFirst = all.Now - debounce.FirstAt < Moment
                && before.Waiters.All(waiter => all.IsGoneFrom(gate, waiter.Age.RunId) || started.Any(start => start.RunId == waiter.Age.RunId));
            DateTimeOffset due = debounce.FirstAt + rule.AtMost.Value;
            DateTimeOffset quiet = all.Now + rule.Quiet.Value;
            all.Require((isFirst || debounce.FirstAt == before.Debounce?.FirstAt) && debounce.DueAt <= due && debounce.DueAt <= quiet, $"{gate} has one wait until {debounce.DueAt}, since {debounce.FirstAt}.");
            all.Require(debounce.DueAt == due || debounce.DueAt > all.Now + rule.Quiet.Value - Moment, $"{gate} has one wait only until {debounce.DueAt}.");
        }

        // One that comes and starts within a commit has not been seen to wait.
        foreach (StartedState start in started.Where(start => before.Waiters.Any(waiter => waiter.Age.RunId == start.RunId)))
            all.Require(before.Debounce!.DueAt <= all.Now, $"{gate} let {start.RunId} start {before.Debounce.DueAt - all.Now} too soon.");
    }

    /// <summary>Nobody who lives waits for long although its time has come.</summary>
    private void CheckIdle(GateState now)
    {
        if (all.ClockError > TimeSpan.Zero || now.Waiters.IsEmpty || LimitRules.IsPaused(now))
            return;
        RunWitness first = all.RunOf(now.Waiters[0].Age.RunId);
        DateTimeOffset due = now.Debounce?.DueAt ?? ThrottleRules.StartOf(now, now.Rule!, ahead: 0);
        TimeSpan late = all.Now - (due > _limitedAt ? due : _limitedAt);
        all.Require(late < LongestDelay || first.HasEnded || first.WasKilled, $"{first.Id} could have started at {gate} {late} ago.");
    }
}
