using System.Text.Json;

namespace Preempt.Tests.Model;

/// <summary>Sees every state of one gate that becomes durable, and says what should not be.</summary>
internal sealed class GateWitness(string gate, ProtocolWitness all)
{
    /// <summary>A waiter asks again after 15 seconds and then after 30, and what it says to others takes a few more.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(75);

    /// <summary>The largest maximum of a key in any world.</summary>
    private const int MostRuns = 3;

    private readonly Dictionary<string, long> _tokens = [];
    private readonly HashSet<string> _out = [];
    private readonly Dictionary<string, DateTimeOffset> _waitsSince = [];
    private readonly Dictionary<string, DateTimeOffset> _supersededAt = [];
    private readonly StartWitness _starts = new(gate, all);
    private readonly TurnWitness _turns = new(gate, all);
    private GateState _before = new();

    public string Key => gate;

    public GateState State => _before;

    /// <summary>Whether the gate gave that token to that run, or step. One that came and went within a commit has not been seen inside.</summary>
    public bool Gave(string holder, long token)
    {
        if (_tokens.TryGetValue(holder, out long known))
        {
            // One that has entered again has its first token on record until it hears of the second.
            return known == token || (_out.Contains(holder) && token > 0 && token < known);
        }

        if (token < 1 || token > _before.LastToken || _tokens.ContainsValue(token))
            return false;
        _tokens.Add(holder, token);
        return true;
    }

    /// <summary>The holder leaves only to enter again: it gets another token.</summary>
    public void StepsOut(string holder) => _out.Add(holder);

    /// <summary>Whether a holder has left to enter again, and has not.</summary>
    public bool IsOut(string holder) => _out.Contains(holder) && State.Holders.All(inside => inside.Age.RunId != holder);

    public void See(string json)
    {
        GateState now = JsonSerializer.Deserialize<GateState>(json)!;
        if (now.Started is not null)
        {
            foreach (StartedState started in _starts.See(_before, now))
                _tokens[started.RunId] = started.Token;
        }
        else if (now.Rule is { } rule)
        {
            CheckLimits(now, rule);
            CheckStanding(now, rule);
            CheckTokens(now);
            CheckOrder(now, rule);
            if (rule.Strategy == ConcurrencyStrategy.RoundRobin)
            {
                CheckKeys(now, rule);
                _turns.See(_before, now, [.. Admitted(now.Holders)]);
            }
        }

        CheckLimited(now);
        CheckSize(now, json);
        CheckGone(now);
        CheckTold();
        _before = now;
        foreach (WaiterState waiter in now.Waiters)
            _waitsSince.TryAdd(waiter.Age.RunId, all.Now);
        foreach (HolderState holder in now.Holders.Where(holder => holder.SupersededBy is not null))
            _supersededAt.TryAdd(holder.Age.RunId, all.Now);
    }

    /// <summary>A run whose slot somebody waits for hears of it, also when the first message was lost with who was to send it.</summary>
    private void CheckTold()
    {
        DateTimeOffset limit = all.Now - LongestSilence;
        foreach (HolderState holder in _before.Holders.Where(holder => _supersededAt.GetValueOrDefault(holder.Age.RunId, all.Now) < limit))
        {
            RunWitness run = all.RunOf(holder.Age.RunId);
            bool isWaitedFor = _before.Waiters.Any(waiter =>
                _waitsSince[waiter.Age.RunId] < limit && !all.RunOf(waiter.Age.RunId).HasEnded);
            all.Require(
                !isWaitedFor || run.WasKilled || run.IsStopped(holder.Age.RunId),
                $"{holder.Age.RunId} was superseded at {gate}, and has not heard of it.");
        }
    }

    /// <summary>Limits that were changed take effect in the order of their changes, each as it is in the book.</summary>
    private void CheckLimited(GateState now)
    {
        all.Require(now.LimitNumber >= _before.LimitNumber, $"The limits of {gate} went back from change {_before.LimitNumber} to {now.LimitNumber}.");
        if (now.Limits is not { } limits || limits.Number == _before.LimitNumber)
            return;
        all.Require(all.LimitsOf(gate, limits.Number) is { } book && ProtocolWitness.IsSame(book, limits), $"{gate} has limits that are not those of change {limits.Number}.");
    }

    private void CheckLimits(GateState now, ConcurrencyRule rule)
    {
        bool isLimitedAnew = now.LimitNumber != _before.LimitNumber;
        bool isInTurn = rule.Strategy == ConcurrencyStrategy.RoundRobin;
        int limit = isInTurn ? rule.MaxTotal : rule.MaxRuns;
        if (isInTurn)
            all.Require(now.Holders.Length <= limit, $"{gate} has {now.Holders.Length} holders, and {limit} are allowed.");
        // A maximum that falls stops nobody.
        foreach (IGrouping<string?, HolderState> key in now.Holders.GroupBy(holder => holder.Key).Where(key => !(rule.IsMaxRunsComputed || now.Limits is not null) || (!isLimitedAnew && Admitted(key).Any())))
        {
            int most = MostOf(now, key.Key ?? "");
            all.Require(key.Count() <= most, $"{gate} has {key.Count()} holders of key {key.Key}, and {most} are allowed.");
        }

        if (now.Holders.Length < limit && !LimitRules.IsPaused(now))
        {
            WaiterState idle = now.Waiters.FirstOrDefault(waiter => !LimitRules.IsPaused(now, waiter.Key ?? "") && (
                !isInTurn || now.Holders.Count(holder => holder.Key == waiter.Key) < StandingRule.MaxRunsOf(now, waiter.Key!)));
            all.Require(idle == default, $"{idle.Age.RunId} waits at {gate} although a slot is free.");
        }

        if (rule.Strategy is ConcurrencyStrategy.Queue or ConcurrencyStrategy.RoundRobin)
        {
            WaiterState[] line = [.. now.Waiters.Where(waiter => !_out.Contains(waiter.Age.RunId))];
            all.Require(line.CountBy(waiter => waiter.Key ?? "").All(key => key.Value <= rule.MaxQueued), $"{line.Length} wait at {gate}.");
            all.Require(line.Length <= rule.MaxQueuedTotal, $"{line.Length} wait at {gate}.");
        }

        if (rule.Strategy == ConcurrencyStrategy.CancelInProgress)
        {
            int wanted = now.Waiters.Length + now.Holders.Count(holder => holder.SupersededBy is null);
            // What is too much when a maximum falls goes when the next run comes.
            bool hasNew = InsideOf(now).Except(InsideOf(_before)).Any();
            all.Require(wanted <= rule.MaxRuns || (now.Limits is not null && (isLimitedAnew || !hasNew)), $"{gate} wants {wanted} runs.");
        }
    }

    /// <summary>The most runs that a key was allowed since the state before. Within one commit runs can come and go, each with its own maximum.</summary>
    private int MostOf(GateState now, string key)
    {
        bool isAsBefore = now.RuleAt == _before.RuleAt
            && now.KeyLimits.GetValueOrDefault(key) == _before.KeyLimits.GetValueOrDefault(key)
            && all.ClockError == TimeSpan.Zero;
        return isAsBefore || !now.Rule!.IsMaxRunsComputed ? StandingRule.MaxRunsOf(now, key) : all.MostOf(gate, key.Length == 0 ? now.Key : key);
    }

    private int MaxRunsOf(string runId) => all.RunOf(runId).Request.Gates[0].Rule.MaxRuns;

    /// <summary>The newest run here says which rule stands, where clocks agree.</summary>
    private void CheckStanding(GateState now, ConcurrencyRule rule)
    {
        if (all.ClockError > TimeSpan.Zero)
            return;
        all.Require(now.RuleAt >= _before.RuleAt, $"{gate} went back to an older rule.");
        RunAge[] inside = [.. now.Holders.Select(holder => holder.Age), .. now.Waiters.Select(waiter => waiter.Age)];
        foreach (RunAge age in inside)
            all.Require(age.QueuedAt <= now.RuleAt, $"{gate} does not go by the rule of {age.RunId}, which is newer.");
        // Of several that were accepted in the same instant, any.
        string[] newest = [.. inside.Where(age => age.QueuedAt == now.RuleAt).Select(age => age.RunId)];
        all.Require(
            newest.Length != 1 || !rule.IsMaxRunsComputed || (now.Code ?? rule).MaxRuns == MaxRunsOf(newest[0]) || all.HasOther(newest[0], gate, now.RuleAt),
            $"{gate} allows {rule.MaxRuns} runs, and {newest.FirstOrDefault()} says otherwise.");
    }

    /// <summary>Of each key likewise, where each has a maximum or a weight of its own.</summary>
    private void CheckKeys(GateState now, ConcurrencyRule rule)
    {
        if (all.ClockError > TimeSpan.Zero || !(rule.IsMaxRunsComputed || rule.IsWeightComputed))
            return;
        foreach (IGrouping<string, RunAge> inside in InsideByKey(now))
        {
            KeyLimit standing = now.KeyLimits[inside.Key];
            all.Require(inside.All(age => age.QueuedAt <= standing.At), $"{gate} does not go by the newest run of key {inside.Key}.");
            string[] newest = [.. inside.Where(age => age.QueuedAt == standing.At).Select(age => age.RunId)];
            if (newest.Length != 1 || all.HasOther(newest[0], gate, standing.At))
                continue;
            ConcurrencyRule own = all.RunOf(newest[0]).Request.Gates.First(entered => entered.Gate == gate).Rule;
            all.Require(
                (own.MaxRuns, own.Weight) == (standing.MaxRuns, standing.Weight),
                $"{gate} allows key {inside.Key} {standing.MaxRuns} runs and weight {standing.Weight}; {newest[0]} says {own.MaxRuns} and {own.Weight}.");
        }
    }

    private static IEnumerable<IGrouping<string, RunAge>> InsideByKey(GateState state) => state.Holders.Select(holder => (holder.Key, holder.Age))
        .Concat(state.Waiters.Select(waiter => (waiter.Key, waiter.Age))).GroupBy(inside => inside.Key!, inside => inside.Age);

    private void CheckTokens(GateState now)
    {
        all.Require(now.LastToken >= _before.LastToken, $"The token of {gate} went back from {_before.LastToken} to {now.LastToken}.");
        foreach (HolderState holder in now.Holders)
        {
            if (_tokens.TryGetValue(holder.Age.RunId, out long known) && (known == holder.Token || !(_out.Contains(holder.Age.RunId) || all.IsTakenForEarlier(all.RunOf(holder.Age.RunId)))))
            {
                all.Require(known == holder.Token, $"{gate} admitted {holder.Age.RunId} with token {known}, and again with {holder.Token}.");
                continue;
            }

            all.Require(
                holder.Token > _before.LastToken && holder.Token <= now.LastToken && !_tokens.ContainsValue(holder.Token),
                $"{gate} gave {holder.Age.RunId} the token {holder.Token} after {_before.LastToken}.");
            _tokens[holder.Age.RunId] = holder.Token;
        }
    }

    /// <summary>Those of the holders that were none before.</summary>
    private IEnumerable<HolderState> Admitted(IEnumerable<HolderState> holders) =>
        holders.Where(holder => _before.Holders.All(before => before.Age.RunId != holder.Age.RunId));

    /// <summary>Nobody goes before somebody who waits with a higher priority, or longer with the same; in turn, within a key.</summary>
    private void CheckOrder(GateState now, ConcurrencyRule rule)
    {
        if (rule.Strategy is not (ConcurrencyStrategy.Queue or ConcurrencyStrategy.RoundRobin))
            return;
        foreach (HolderState holder in Admitted(now.Holders))
        {
            foreach (WaiterState waiter in now.Waiters.Where(waiter =>
                waiter.Key == holder.Key && _before.Waiters.Contains(waiter) && !_out.Contains(waiter.Age.RunId)))
                all.Require(Place(holder.Age).CompareTo(Place(waiter.Age)) < 0, $"{gate} admitted {holder.Age.RunId} before {waiter.Age.RunId}.");
        }
    }

    /// <summary>Where a run stands in line, by what it was started with.</summary>
    private (int, DateTimeOffset, string) Place(RunAge age) => (-all.RunOf(age.RunId).Request.Priority, age.QueuedAt, age.RunId);

    private void CheckSize(GateState now, string json)
    {
        const int CharactersOfOne = 120;
        int entries = now.Holders.Length + now.Waiters.Length + (now.Started?.Length ?? 0) + GateState.MaxLeft + ModelSchedule.Keys + now.KeyLimits.Count;
        all.Require(json.Length <= 700 + (now.Limits is null ? 0 : 1000) + (CharactersOfOne * entries), $"The state of {gate} has {json.Length} characters.");
        all.Require(now.Newest.Length <= (now.Limits is null ? now.Rule?.MaxRuns ?? 0 : MostRuns), $"{gate} remembers {now.Newest.Length} newest runs.");
        all.Require(now.Left.Length <= GateState.MaxLeft, $"{gate} remembers {now.Left.Length} runs that have left.");
        all.Require(now.Served.Count <= ModelSchedule.Keys, $"{gate} remembers {now.Served.Count} keys.");
    }

    private static IEnumerable<string> InsideOf(GateState state) =>
        state.Holders.Select(holder => holder.Age.RunId).Concat(state.Waiters.Select(waiter => waiter.Age.RunId));

    /// <summary>Only who has left, has ended or was superseded is no longer in the books.</summary>
    private void CheckGone(GateState now)
    {
        foreach (string id in InsideOf(_before).Except(InsideOf(now)))
        {
            bool mayBeStruckOff = now.Rule!.Strategy == ConcurrencyStrategy.CancelInProgress
                && (now.Rule.Handover == Handover.Immediate || _before.Holders.All(holder => holder.Age.RunId != id));
            bool hasStarted = now.Started?.Any(started => started.RunId == id) == true;
            all.Require(hasStarted || mayBeStruckOff || _out.Contains(id) || all.IsGoneFrom(gate, id), $"{gate} forgot {id}, which has neither left nor ended.");
        }
    }
}
