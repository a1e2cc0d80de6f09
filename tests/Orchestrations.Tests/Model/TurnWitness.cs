namespace Preempt.Tests.Model;

/// <summary>
/// Counts the turns of the keys of one gate. While a key waits and may run, each other key has at most as many turns as its weight before this one
/// has as many as its own, and so on.
/// </summary>
internal sealed class TurnWitness(string gate, ProtocolWitness all)
{
    /// <summary>The turns that a key has had since it was first seen, and since the weights are what they are.</summary>
    private readonly Dictionary<string, int> _turns = [];

    /// <summary>The turns of another key while a key waited and might run.</summary>
    private readonly Dictionary<(string Key, string Other), int> _passes = [];

    /// <summary>The latest weights of all keys that were ever here.</summary>
    private readonly Dictionary<string, int> _weights = [];

    /// <summary>Sees a state of a gate where keys take turns.</summary>
    /// <param name="before">The state before it.</param>
    /// <param name="now">The state.</param>
    /// <param name="admitted">Those that hold slots now, and did not before.</param>
    public void See(GateState before, GateState now, IReadOnlyCollection<HolderState> admitted)
    {
        string[] keys = [.. now.Holders.Select(holder => holder.Key!).Concat(now.Waiters.Select(waiter => waiter.Key!)).Distinct()];
        bool areSame = true;
        foreach (string key in keys)
        {
            int weight = WeightOf(now, key);
            areSame &= _weights.GetValueOrDefault(key, weight) == weight;
            _weights[key] = weight;
        }

        // Of one that came and went between two states nothing is known.
        bool isAllSeen = now.LastToken - before.LastToken == admitted.Count;
        if (!areSame || !isAllSeen)
        {
            Forget(_ => true);
            return;
        }

        Forget(key => !keys.Contains(key));
        string? leaving = KeyThatLeft(before, now, admitted);
        string[] waiting =
        [
            .. keys.Where(key => (key == leaving ? before.Waiters.Any(waiter => waiter.Key == key) : MayRun(before, key))
                && MayRun(now, key) && admitted.All(holder => holder.Key != key)),
        ];
        foreach ((string key, int turns) in admitted.CountBy(holder => holder.Key!))
        {
            _turns[key] = TurnsOf(before, key) + turns;
            foreach (string other in waiting)
                CheckPassed(before, other, key, turns);
        }
    }

    /// <summary>The key whose run gave up the only slot that somebody got: from then on it could have had it itself. Null if that is not so, or not known.</summary>
    private static string? KeyThatLeft(GateState before, GateState now, IReadOnlyCollection<HolderState> admitted)
    {
        HolderState[] left = [.. before.Holders.Where(holder => now.Holders.All(stays => stays.Token != holder.Token))];
        bool wasFull = before.Holders.Length == before.Rule?.MaxTotal && before.LimitNumber == now.LimitNumber;
        return wasFull && admitted.Count == 1 && left is [var only] ? only.Key : null;
    }

    private void CheckPassed(GateState before, string key, string other, int turns)
    {
        int passes = _passes[(key, other)] = _passes.GetValueOrDefault((key, other)) + turns;
        int own = _turns[key] = TurnsOf(before, key);
        int allowed = _weights[other] * ((own / _weights[key]) + 1);
        all.Require(
            passes <= allowed, $"At {gate} key {other} of weight {_weights[other]} had {passes} turns while {key} of weight {_weights[key]} waited, which had {own}.");
    }

    /// <summary>One that is in the middle of its turns has had some of them.</summary>
    private int TurnsOf(GateState before, string key) => _turns.TryGetValue(key, out int turns) ? turns : before.TurnsTaken?.GetValueOrDefault(key) ?? 0;

    private void Forget(Func<string, bool> isForgotten)
    {
        foreach (string key in _turns.Keys.Where(isForgotten).ToArray())
            _turns.Remove(key);
        foreach ((string, string) pair in _passes.Keys.Where(pair => isForgotten(pair.Key)).ToArray())
            _passes.Remove(pair);
    }

    private static bool MayRun(GateState state, string key) =>
        state.Waiters.Any(waiter => waiter.Key == key)
        && !LimitRules.IsPaused(state, key)
        && state.Holders.Count(holder => holder.Key == key) < StandingRule.MaxRunsOf(state, key);

    private static int WeightOf(GateState state, string key) => state.Limits?.Of(key).Weight ?? state.KeyLimits.GetValueOrDefault(key)?.Weight ?? 1;
}
