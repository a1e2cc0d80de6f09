using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CsCheck;

namespace Preempt.Tests.Concurrency;

/// <summary>
/// Random histories of one gate, for every strategy and handover: runs that enter in any order of age, ask again, leave, leave twice,
/// echo after they have left; the state goes through JSON after each.
/// </summary>
public sealed class GateHistoryTests
{
    private const int Runs = 16;
    private const int Keys = 3;

    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One message: runs that leave, or one that enters; perhaps delivered twice, after some time.</summary>
    private sealed record Message(bool IsEnter, int[] Who, int Seconds, bool IsTwice);

    private static readonly Gen<ConcurrencyRule> AnyRule = Gen.Select(
        Gen.Enum<ConcurrencyStrategy>(), Gen.Enum<Handover>(), Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 8],
        (strategy, handover, maxRuns, maxTotal, maxQueued) => new ConcurrencyRule
        {
            Key = "{input.key}",
            MaxRuns = maxRuns,
            Strategy = strategy,
            Handover = strategy == ConcurrencyStrategy.CancelInProgress ? handover : Handover.AfterStop,
            MaxTotal = strategy == ConcurrencyStrategy.RoundRobin ? maxTotal : ConcurrencyRule.LargestMaxRuns,
            MaxQueued = maxQueued,
            MaxQueuedTotal = 2 * maxQueued,
        });

    private static readonly Gen<Message[]> AnyHistory = Gen.Select(
        Gen.Bool, Gen.Int[0, Runs - 1].Array[1, 3], Gen.Int[0, 10], Gen.Bool,
        (isEnter, who, seconds, isTwice) => new Message(isEnter, who, seconds, isTwice)).Array[0, 60];

    private static RunAge Age(int run) => new($"run-{run:D2}", Start.AddDays(-1).AddSeconds(run));

    private static int Priority(int run) => run % 3;

    private static string Key(int run) => $"key-{run % Keys}";

    private static (int, DateTimeOffset) Place(RunAge age) =>
        (-Priority(int.Parse(age.RunId[^2..], CultureInfo.InvariantCulture)), age.QueuedAt);

    [Fact]
    public void Every_history_of_every_strategy_keeps_what_a_gate_promises() => Gen.Select(AnyRule, AnyHistory).Sample(
        (rule, history) =>
        {
            Gate gate = new(rule);
            foreach (Message message in history)
                gate.Take(message);
        },
        iter: 3_000);

    /// <summary>The gate, and a record of all that it has said.</summary>
    private sealed class Gate(ConcurrencyRule rule)
    {
        private readonly List<string> _admitted = [];
        private readonly HashSet<string> _left = [];
        private GateState _state = new();
        private DateTimeOffset _now = Start;

        public void Take(Message message)
        {
            _now += TimeSpan.FromSeconds(message.Seconds);
            Do(message);
            if (!message.IsTwice)
                return;
            string before = Books();
            int admitted = _admitted.Count;
            Do(message);
            Assert.Equal(before, Books());
            Assert.Equal(admitted, _admitted.Count);
        }

        /// <summary>All but when somebody was last sent to look: who asks again may be.</summary>
        private string Books() => JsonSerializer.Serialize(_state with { CheckedAt = Start });

        private void Do(Message message)
        {
            GateState before = _state;
            ImmutableArray<GateStop> stops = [];
            ImmutableArray<GateAdmission> admissions;
            if (message.IsEnter)
            {
                GateReply reply = Enter(message.Who[0]);
                (stops, admissions) = (reply.Stops, reply.Admissions);
                CheckReply(message.Who[0], reply, before);
            }
            else
            {
                string[] who = [.. message.Who.Select(run => Age(run).RunId)];
                (_state, admissions) = GateRules.Leave(_state, new LeaveRequest([.. who], By: who[0]));
                _left.UnionWith(who.Where(run => Inside(before).Contains(run)));
                Assert.Empty(Inside(_state).Intersect(who));
            }

            Note(before, admissions);
            CheckBooks(before, stops, message);
            string json = JsonSerializer.Serialize(_state);
            Assert.InRange(json.Length, 0, 600 + (80 * (Runs + GateState.MaxLeft + Keys)));
            _state = JsonSerializer.Deserialize<GateState>(json)!;
        }

        private GateReply Enter(int run)
        {
            (_state, GateReply reply) = GateRules.Enter(
                _state, new EnterRequest(Age(run), new RunGate("gate", Key(run), rule), Priority(run)), _now);
            return reply;
        }

        private static IEnumerable<string> Inside(GateState state) =>
            state.Holders.Select(holder => holder.Age.RunId).Concat(state.Waiters.Select(waiter => waiter.Age.RunId));

        /// <summary>What the gate tells the asker is what it has in its books.</summary>
        private void CheckReply(int run, GateReply reply, GateState before)
        {
            string id = Age(run).RunId;
            HolderState? holder = _state.Holders.FirstOrDefault(holder => holder.Age.RunId == id);
            Assert.Equal(reply.Verdict == GateVerdict.Admitted, holder is not null);
            Assert.Equal(holder?.Token ?? 0, reply.Token);
            Assert.Equal(reply.Verdict == GateVerdict.Wait, _state.Waiters.Any(waiter => waiter.Age.RunId == id));
            Assert.DoesNotContain(reply.Admissions, admission => admission.RunId == id);
            Assert.DoesNotContain(id, reply.Suspects);
            Assert.All(reply.Suspects, suspect => Assert.Contains(suspect, Inside(before)));
            if (_left.Contains(id))
                Assert.True(reply.Verdict is GateVerdict.Gone or GateVerdict.Superseded, $"The echo of a run that has left is answered {reply.Verdict}.");
            if (reply.Verdict == GateVerdict.Superseded)
                Assert.True(string.CompareOrdinal(reply.SupersededBy, id) > 0);
        }

        /// <summary>Whoever is admitted is told, with the next token, once, and is the one whose turn it is.</summary>
        private void Note(GateState before, ImmutableArray<GateAdmission> told)
        {
            HolderState[] admitted = [.. _state.Holders.Where(holder => before.Holders.All(other => other.Age.RunId != holder.Age.RunId))];
            // Also whom it has told of before, should that be lost.
            Assert.All(told, admission => Assert.Contains(_state.Holders, holder => (holder.Age.RunId, holder.Token) == (admission.RunId, admission.Token)));
            foreach (HolderState holder in admitted)
            {
                Assert.DoesNotContain(holder.Age.RunId, _admitted);
                _admitted.Add(holder.Age.RunId);
                Assert.Equal(_admitted.Count, holder.Token);
                if (before.Waiters.Any(waiter => waiter.Age == holder.Age))
                    Assert.Contains(told, admission => admission.RunId == holder.Age.RunId);
                Assert.All(
                    _state.Waiters.Where(waiter => waiter.Key == holder.Key),
                    waiter => Assert.True(Place(holder.Age).CompareTo(Place(waiter.Age)) < 0));
            }

            Assert.Equal(_admitted.Count, _state.LastToken);
        }

        private void CheckBooks(GateState before, ImmutableArray<GateStop> stops, Message message)
        {
            bool isInTurn = rule.Strategy == ConcurrencyStrategy.RoundRobin;
            int limit = isInTurn ? rule.MaxTotal : rule.MaxRuns;
            Assert.True(_state.Holders.Length <= limit);
            Assert.Equal(Inside(_state).Count(), Inside(_state).Distinct().Count());
            Dictionary<string, int> ofKey = _state.Holders.CountBy(holder => holder.Key ?? "").ToDictionary();
            if (isInTurn)
                Assert.All(ofKey.Values, count => Assert.True(count <= rule.MaxRuns));
            // Nobody waits for a slot that is free.
            Assert.All(_state.Waiters, waiter => Assert.True(
                _state.Holders.Length == limit || (isInTurn && ofKey.GetValueOrDefault(waiter.Key!) == rule.MaxRuns)));
            Assert.Equal(_state.Waiters.OrderBy(waiter => Place(waiter.Age)), _state.Waiters);
            // Whoever is no longer inside has left, or is told that it was struck off.
            foreach (string gone in Inside(before).Except(Inside(_state)))
            {
                Assert.True(
                    (!message.IsEnter && message.Who.Any(run => Age(run).RunId == gone)) || stops.Any(stop => stop.RunId == gone && stop.HasLeft),
                    $"{gone} is not told that it was struck off.");
                _left.Add(gone);
            }

            // Whoever is to go for a newer one is told, and whoever is told is to go.
            Assert.All(stops.Where(stop => !stop.HasLeft), stop =>
                Assert.Contains(_state.Holders, holder => holder.Age.RunId == stop.RunId && holder.SupersededBy == stop.SupersededBy));
        }
    }
}
