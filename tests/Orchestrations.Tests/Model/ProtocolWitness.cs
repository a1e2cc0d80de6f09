using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Entities;
using Preempt.Embedded.Engine;

namespace Preempt.Tests.Model;

/// <summary>
/// Sees every commit just before it is durable, and holds all of them against the invariants. What it finds it notes, because an
/// exception would be lost in the engine.
/// </summary>
internal sealed class ProtocolWitness(Func<DateTimeOffset> clock)
{
    /// <summary>A run that is created later than this after its start was scheduled takes itself for a restarted one.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _cancelled = [];
    private readonly HashSet<string> _failing = [];

    /// <summary>The runs that were restarted past Preempt, with the life that the latest restart took over; null for one with a new id.</summary>
    private readonly Dictionary<string, string?> _restarted = [];
    private bool _hasLostRestart;
    private readonly Dictionary<string, DateTimeOffset> _createdAt = [];

    /// <summary>Runs that were restarted and that their first gates did not know: they never came there, or it was long ago.</summary>
    private readonly HashSet<string> _unknownToGates = [];

    /// <summary>Those whose id another run has: they were deleted, or restarted past Preempt. By what gates know them by.</summary>
    private readonly Dictionary<string, RunWitness> _earlier = [];

    private readonly List<(DateTimeOffset At, object What)> _trace = [];

    public List<string> Breaches { get; } = [];

    public Dictionary<string, RunWitness> Runs { get; } = [];

    public Dictionary<string, GateWitness> Gates { get; } = [];

    public DateTimeOffset Now => clock();

    /// <summary>Whether a gate may answer, and forget what it has answered: then no step begins on such an answer.</summary>
    public bool ForgetsAdmissions { get; init; }

    /// <summary>Whether a request to a run that has just been started may be lost with the client that would have sent it again.</summary>
    public bool LosesRequests { get; init; }

    /// <summary>How far the times of two processes may be apart.</summary>
    public TimeSpan ClockError { get; init; }

    /// <summary>The run that stands at a gate, itself or with a step.</summary>
    public RunWitness RunOf(string holder)
    {
        HolderId id = HolderId.Parse(holder);
        return id.CanBe(Runs[id.RunId].Request.Life) ? Runs[id.RunId] : _earlier[RunPartOf(id)];
    }

    /// <summary>Whether a holder has left that gate, be it before its run was restarted and did not know it yet.</summary>
    public bool IsGoneFrom(string gate, string holder) => RunOf(holder).IsGoneFrom(gate, holder)
        || (_earlier.TryGetValue(RunPartOf(HolderId.Parse(holder)), out RunWitness? before) && before.IsGoneFrom(gate, holder));

    /// <summary>Of a step, the run's part.</summary>
    private static string RunPartOf(HolderId holder) => (holder with { Step = null }).ToString();

    public bool HaveAllEnded => Runs.Values.All(run => run.HasEnded);

    public void Require(bool isKept, FormattableString breach)
    {
        if (!isKept)
            Breaches.Add($"{Now:HH:mm:ss.fff} {FormattableString.Invariant(breach)}");
    }

    /// <summary>Notes what the test did.</summary>
    public void Note(string action) => _trace.Add((Now, action));

    /// <summary>The platform's own means restart a run, past Preempt.</summary>
    public void Restarted(string run)
    {
        RunWitness? before = Runs.GetValueOrDefault(run);
        _restarted[run] = before?.Request.Life;
        if (before is not null && !IsRemembered(before))
            _unknownToGates.Add(run);
    }

    /// <summary>Whether the first gate of a run would notice that it comes again.</summary>
    private bool IsRemembered(RunWitness run) => run.Request.Gates is [var first, ..] && Gates.TryGetValue(first.Gate, out GateWitness? gate)
        && (gate.State.Left.Contains(GateState.MarkOf(run.Holder)) || gate.State.Evicted.Any(evicted => evicted.RunId == run.Holder)
            || gate.State.Started?.Any(started => started.RunId == run.Holder) == true || gate.State.Newest.Any(newest => newest.RunId == run.Holder));

    /// <summary>A restart under a new id may have been done, and the host crashed before it said which.</summary>
    public void RestartLost() => _hasLostRestart = true;

    /// <summary>Whether a run can be one of a restart whose id nobody was told: the ids that the test chooses, and those of children, are longer words.</summary>
    private bool CanBeLost(string run) => _hasLostRestart && run.Length == 32 && run.All(char.IsAsciiHexDigit);

    public void Cancelled(string run) => _cancelled.Add(run);

    public bool WasCancelled(string run) => _cancelled.Contains(run);

    /// <summary>The run's code or workers may fail it.</summary>
    public void ExpectFailure(string run) => _failing.Add(run);

    public bool MayFail(string run) => _failing.Contains(run) || CanBeLost(run);

    public void See(Commit commit)
    {
        _trace.Add((Now, commit));
        try
        {
            Check(commit);
        }
#pragma warning disable CA1031 // The engine would take it for a failure of its store, and go down.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Require(false, $"The witness itself failed: {exception}");
        }
    }

    private void Check(Commit commit)
    {
        foreach (InstanceHeader started in commit.Started)
        {
            if (started.Name is PreemptFunctions.HandOff or PreemptFunctions.ApplyMode or PreemptFunctions.ApplyLimits or PreemptFunctions.Claim or PreemptFunctions.CleanUp)
                continue;
            _createdAt[started.InstanceId] = started.CreatedAt;
            Begin(started.InstanceId, JsonSerializer.Deserialize<RunRequest>(started.Input!)!);
        }

        if (commit.Entity is { State: { } state } entity && IsGate(entity.Id))
            GateOf(KeyOf(entity.Id)).See(state);
        if (commit.Entity is { State: { } kept } book && string.Equals(EntityInstanceId.FromString(book.Id).Name, PreemptFunctions.LimitBook, StringComparison.OrdinalIgnoreCase))
            SeeLimits(KeyOf(book.Id), JsonSerializer.Deserialize<LimitBookState>(kept)!);
        foreach (EntityRequest request in commit.Requests.Where(request => commit.Header is null && request.Sender is not null && Runs.ContainsKey(request.Sender)))
            Runs[request.Sender!].Follow(request.Target, request.Operation, request.Input);
        if (commit.Header is { } header && Runs.TryGetValue(header.InstanceId, out RunWitness? run))
        {
            if (header.Input is { } input && JsonSerializer.Deserialize<RunRequest>(input) is { } anew && anew.Life != run.Request.Life)
                run = BeginAnew(run, anew);
            run.See(header, commit.History);
            CheckOverlap(run);
            CheckStepOverlap(run);
        }
    }

    /// <summary>Of each rule, its limits after each of their changes.</summary>
    private readonly Dictionary<string, SortedList<long, LimitBookState>> _limits = [];

    private void SeeLimits(string rule, LimitBookState book)
    {
        if (!_limits.TryGetValue(rule, out SortedList<long, LimitBookState>? known))
            _limits.Add(rule, known = new SortedList<long, LimitBookState> { [0] = new() });
        long latest = known.GetKeyAtIndex(known.Count - 1);
        Require(book.Number >= latest, $"The limits of {rule} went back from change {latest} to {book.Number}.");
        Require(book.Changes.Select(change => change.Number).SequenceEqual(Enumerable.Range(0, book.Changes.Length).Select(n => book.Number - n)), $"The changes of {rule} are not in order.");
        known[book.Number] = book;
    }

    /// <summary>The limits of a gate's rule after a change of that number; null if there was none.</summary>
    public GateLimits? LimitsOf(string gate, long number) =>
        _limits.GetValueOrDefault(RuleId.OfGate(gate))?.TryGetValue(number, out LimitBookState? book) == true ? GateLimits.Of(gate, number, book.Limits) : null;

    /// <summary>A while after the last change every gate goes by what holds.</summary>
    public void CheckLimits()
    {
        foreach (GateWitness gate in Gates.Values)
        {
            long latest = _limits.GetValueOrDefault(RuleId.OfGate(gate.Key)) is { } known ? known.GetKeyAtIndex(known.Count - 1) : 0;
            GateLimits holds = LimitsOf(gate.Key, latest) ?? new GateLimits(0, LimitValues.None);
            GateLimits has = gate.State.Limits ?? new GateLimits(0, LimitValues.None);
            Require(IsSame(holds, has), $"{gate.Key} goes by {JsonSerializer.Serialize(has)}, and {JsonSerializer.Serialize(holds)} holds.");
        }
    }

    public static bool IsSame(GateLimits one, GateLimits other) => Sorted(one) == Sorted(other);

    private static (string, string) Sorted(GateLimits limits) => (JsonSerializer.Serialize(limits.Values), string.Join(' ', (limits.Keys ?? ImmutableDictionary<string, LimitValues>.Empty)
        .OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => $"{key.Key} {JsonSerializer.Serialize(key.Value)}")));

    private RunWitness Begin(string id, RunRequest request)
    {
        // A run that is restarted past Preempt has the life of the earlier one until it finds out. What that one did stays known.
        if (Runs.TryGetValue(id, out RunWitness? before))
            _earlier.TryAdd(before.Holder, before);
        return Runs[id] = new RunWitness(id, request, this);
    }

    /// <summary>
    /// Whether a run that was restarted past Preempt cannot know it: it was restarted at once, or the clock of the process that started it is ahead.
    /// </summary>
    public bool IsTakenForEarlier(RunWitness run) => _restarted.GetValueOrDefault(run.Id) == run.Request.Life
        && _createdAt[run.Id] - run.Request.ScheduledAt <= (run.Request.Gates.IsEmpty || _unknownToGates.Contains(run.Id) ? LongestStart : TimeSpan.FromMilliseconds(200)) + ClockError;

    /// <summary>
    /// A run that was restarted past Preempt is a new one. One that was not is never taken for it, but where clocks differ, or where its start was on its
    /// way for longer than a run waits before it asks.
    /// </summary>
    private RunWitness BeginAnew(RunWitness run, RunRequest anew)
    {
        bool wasLate = _createdAt[run.Id] - run.Request.ScheduledAt > LongestStart;
        Require(_restarted.ContainsKey(run.Id) || CanBeLost(run.Id) || ClockError > TimeSpan.Zero || wasLate, $"{run.Id} was not restarted, and began anew.");
        Require(run.Record is { StartedAt: null, FencingTokens.IsEmpty: true }, $"{run.Id} had begun, and began anew.");
        return Begin(run.Id, anew);
    }

    public GateWitness GateOf(string gate)
    {
        if (!Gates.TryGetValue(gate, out GateWitness? witness))
            Gates.Add(gate, witness = new GateWitness(gate, this));
        return witness;
    }

    /// <summary>Whatever the gates' books say: there are never more runs at work than may be, unless the handover is immediate.</summary>
    private void CheckOverlap(RunWitness changed)
    {
        if (ForgetsAdmissions)
            return;
        foreach (RunGate gate in changed.Request.Gates.Where(gate => gate.Rule is { Handover: Handover.AfterStop, HasSlots: true }))
        {
            RunWitness[] at = [.. Runs.Values.Where(run => run.Request.Gates.Any(other => other.Gate == gate.Gate) && run.Holds(gate.Gate))];
            bool isInTurn = gate.Rule.Strategy == ConcurrencyStrategy.RoundRobin;
            int limit = isInTurn ? gate.Rule.MaxTotal : MostOf(gate.Gate, gate.Key);
            string[] inside = [.. at.Select(run => run.Id), .. Runs.Values.SelectMany(run => run.StepsAt(gate.Gate))];
            Require(inside.Length <= limit, $"{inside.Length} runs and steps are inside {gate.Gate}: {string.Join(", ", inside)}.");
            if (isInTurn)
            {
                int ofKey = at.Count(run => run.Request.Gates.Any(other => other.Gate == gate.Gate && other.Key == gate.Key));
                Require(ofKey <= MostOf(gate.Gate, gate.Key), $"{ofKey} runs of key {gate.Key} are inside {gate.Gate}.");
            }
        }
    }

    /// <summary>The most runs that the key of a gate was ever allowed. Which maximum holds when, the gate's own witness knows.</summary>
    public int MostOf(string gate, string key) => AllLives
        .SelectMany(run => run.Request.Gates.Concat(run.Request.StepGates.Values.SelectMany(gates => gates)))
        .Where(other => (other.Gate, other.Key) == (gate, key)).Select(other => other.Rule.MaxRuns).Append(LimitedOf(gate, key).DefaultIfEmpty(0).Max()).Max();

    /// <summary>The maxima that a key has ever had because limits were changed.</summary>
    private IEnumerable<int> LimitedOf(string gate, string key) => (_limits.GetValueOrDefault(RuleId.OfGate(gate))?.Values ?? [])
        .Select(book => GateLimits.Of(gate, book.Number, book.Limits).Of(key).MaxRuns).OfType<int>();

    /// <summary>Whether another run than this holder was accepted at the same time, to enter the same gate.</summary>
    public bool HasOther(string holder, string gate, DateTimeOffset queuedAt) => AllLives.Any(run =>
        run.Request.QueuedAt == queuedAt && run.Holder != holder && run.Request.Gates.Any(entered => entered.Gate == gate));

    /// <summary>The fewest runs that newer runs of a gate allow its key.</summary>
    public int LeastOf(RunWitness run, RunGate gate) => NewerThan(run, gate.Gate)
        .SelectMany(newer => newer.Request.Gates).Where(other => other.Gate == gate.Gate).Append(gate).Select(other => other.Rule.MaxRuns).Concat(LimitedOf(gate.Gate, gate.Key)).Min();

    private void CheckStepOverlap(RunWitness changed)
    {
        if (ForgetsAdmissions)
            return;
        foreach (RunGate gate in changed.Request.StepGates.Values.SelectMany(gates => gates).Where(gate => gate.Rule.Rate is null))
        {
            IEnumerable<RunWitness> sharing = gate.Rule.Name is null ? [] : Runs.Values.Where(run => run.Request.Gates.Any(own => own.Gate == gate.Gate) && run.Holds(gate.Gate));
            string[] at = [.. Runs.Values.SelectMany(run => run.StepsAt(gate.Gate)), .. sharing.Select(run => run.Id)];
            Require(at.Length <= MostOf(gate.Gate, gate.Key), $"{at.Length} are inside {gate.Gate}: {string.Join(", ", at)}.");
        }
    }

    /// <summary>
    /// Whatever was answered and forgotten: code of no more runs, or steps, than may is at work inside a gate, and each has the token that the
    /// gate's books have. Code that goes on although its run has left counts no more, nor does what a stopped run that the gate has forgotten cleans up.
    /// </summary>
    public void SeeAtWork(StepContext step, IReadOnlyList<StepContext> atWork)
    {
        RunWitness run = RunOf(step.Holder);
        foreach ((RunGate gate, long token) in run.Request.Gates.Zip(step.FencingTokens))
        {
            // There a newer run takes the slot at once, and this one hears of it.
            if (gate.Rule.Handover == Handover.Immediate)
                continue;
            bool isGone = run.IsGoneFrom(gate.Gate, run.Holder);
            if (!gate.Rule.HasSlots)
            {
                bool hasStarted = Gates.TryGetValue(gate.Gate, out GateWitness? throttle) && StartLog.Has(throttle.State, run.Holder, token);
                Require(isGone || run.Record.Stop is not null || hasStarted, $"A step of {run.Id} began with the token {token}, and {gate.Gate} did not let it start.");
                continue;
            }

            HolderState[] holders = Gates.TryGetValue(gate.Gate, out GateWitness? books) ? [.. books.State.Holders] : [];
            Require(
                isGone || run.Record.Stop is not null || holders.Any(holder => (holder.Age.RunId, holder.Token) == (run.Holder, token)),
                $"A step of {run.Id} began with the token {token}, and {gate.Gate} does not have it in its books.");
            string[] inside =
            [
                .. atWork.Select(other => RunOf(other.Holder)).Distinct()
                    .Where(other => other.Request.Gates.Any(entered => entered.Gate == gate.Gate) && !other.IsGoneFrom(gate.Gate, other.Holder)
                        && (other.Record.Stop is null || holders.Any(holder => holder.Age.RunId == other.Holder)))
                    .Select(other => other.Id),
            ];
            int limit = gate.Rule.Strategy == ConcurrencyStrategy.RoundRobin ? gate.Rule.MaxTotal : MostOf(gate.Gate, gate.Key);
            Require(inside.Length <= limit, $"Steps of {inside.Length} runs are at work inside {gate.Gate}: {string.Join(", ", inside)}.");
        }
    }

    private IEnumerable<RunWitness> AllLives => Runs.Values.Concat(_earlier.Values);

    /// <summary>The runs that had that id, one after the other.</summary>
    public IEnumerable<RunWitness> LivesOf(string id) => AllLives.Where(run => run.Id == id);

    public int CountNewer(RunWitness run, string gate) => NewerThan(run, gate).Count();

    private IEnumerable<RunWitness> NewerThan(RunWitness run, string gate) => AllLives.Where(other =>
        other.Request.QueuedAt >= run.Request.QueuedAt - ClockError && other != run && other.Request.Gates.Any(entered => entered.Gate == gate));

    private static bool IsGate(string entity) =>
        string.Equals(EntityInstanceId.FromString(entity).Name, PreemptFunctions.Gate, StringComparison.OrdinalIgnoreCase);

    public static string KeyOf(string entity) => EntityInstanceId.FromString(entity).Key;

    public static RunMessage? ReadMessage(string? payload)
    {
        try
        {
            return payload is null ? null : JsonSerializer.Deserialize<RunMessage>(payload);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>All that happened, a line each.</summary>
    public string Trace()
    {
        StringBuilder text = new();
        foreach ((DateTimeOffset at, object what) in _trace)
            text.AppendLine(CultureInfo.InvariantCulture, $"{at:HH:mm:ss.fff} {(what is Commit commit ? Describe(commit) : what)}");
        return text.ToString();
    }

    private static string Describe(Commit commit)
    {
        StringBuilder text = new();
        foreach (InstanceHeader started in commit.Started)
            text.Append("  starts ").Append(started.InstanceId).Append(' ').Append(started.Input);
        if (commit.Header is { } header)
        {
            text.Append("  turn of ").Append(header.InstanceId).Append(", ").Append(header.Status).Append(": ");
            text.AppendJoin("; ", commit.History.Where(happened => happened is not TurnStarted));
        }

        if (commit.Entity is { } entity)
            text.Append("  gate ").Append(KeyOf(entity.Id)).Append(' ').Append(entity.State);
        if (commit.Header is null)
            text.AppendJoin("; ", commit.Deliveries.Select(delivery => $" tells {delivery.Target} {delivery.Event}"));
        return text.ToString();
    }
}
