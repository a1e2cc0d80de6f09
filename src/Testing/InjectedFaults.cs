using Preempt.Embedded.Engine;

namespace Preempt.Testing;

/// <summary>The faults that a test asked for, at random from its seed.</summary>
internal sealed class InjectedFaults : IFaults
{
    private static readonly TimeSpan[] AtOnce = [TimeSpan.Zero];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _arrivals = [];
    private readonly DurableTestHostOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;

    private InjectedFaults(DurableTestHostOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _random = new Random(options.Seed);
    }

    /// <summary>The faults that the options ask for; null for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static InjectedFaults? Create(DurableTestHostOptions options, TimeProvider time)
    {
        double[] rates =
        [
            options.ActivitiesRunTwice,
            options.WorkersDie,
            options.CommitsCrash,
            options.MessagesArriveTwice,
            options.MessagesArriveLate,
            options.TurnsHappenTwice,
            options.SignalsArriveTwice,
            options.StartsCollide,
            options.EventsOvertakeStarts,
        ];
        if (rates.Any(rate => rate is not (>= 0 and <= 1)))
            throw new ArgumentOutOfRangeException(nameof(options), "How often a fault happens is a number from 0 (never) to 1 (always).");
        if (options.TimersFireEarly < TimeSpan.Zero || options.LongestDelay < TimeSpan.Zero || options.ClocksDiffer < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(options), "TimersFireEarly, LongestDelay and ClocksDiffer cannot be negative.");
        bool isFaultless = rates.All(rate => rate == 0) && options.TimersFireEarly == TimeSpan.Zero;
        return isFaultless ? null : new InjectedFaults(options, time);
    }

    public TimeSpan TimerLead() => Any(_options.TimersFireEarly);

    public int ActivityRuns() => Happens(_options.ActivitiesRunTwice) ? 2 : 1;

    public bool WorkerDies() => Happens(_options.WorkersDie);

    /// <summary>Whether the process dies at the next commit; if so, whether that is durable.</summary>
    public (bool IsCrash, bool IsKept) NextCommit() => (Happens(_options.CommitsCrash), Happens(0.5));

    public TimeSpan? TurnRepeats() => Happens(_options.TurnsHappenTwice) ? Any(_options.LongestDelay) : null;

    public TimeSpan? SignalRepeats() => Happens(_options.SignalsArriveTwice) ? Any(_options.LongestDelay) : null;

    public bool KeepsAnswers => _options.TurnsHappenTwice > 0;

    public bool StartsCollide() => Happens(_options.StartsCollide);

    public bool EventOvertakesStart() => Happens(_options.EventsOvertakeStarts);

    public List<EntityRequest> Reorder(List<EntityRequest> waiting)
    {
        IGrouping<string, EntityRequest>[] senders =
            [.. waiting.Select((request, place) => (request, place)).GroupBy(each => each.request.Sender ?? $"{each.place}", each => each.request)];
        lock (_lock)
            _random.Shuffle(senders);
        return [.. senders.SelectMany(static sent => sent)];
    }

    public TimeSpan[] MessageDelays()
    {
        if (!Happens(_options.MessagesArriveTwice))
            return Happens(_options.MessagesArriveLate) ? [Any(_options.LongestDelay)] : AtOnce;
        return [TimeSpan.Zero, Any(_options.LongestDelay)];
    }

    public TimeSpan OperationDelay(string entity)
    {
        lock (_lock)
        {
            DateTimeOffset now = _time.GetUtcNow();
            DateTimeOffset arrival = Happens(_options.MessagesArriveLate) ? now + Any(_options.LongestDelay) : now;
            // What waits to arrive now has not arrived: the next comes after it.
            if (_arrivals.TryGetValue(entity, out DateTimeOffset last) && last >= now && arrival <= last)
                arrival = last + TimeSpan.FromTicks(1);
            if (arrival > now)
                _arrivals[entity] = arrival;
            return arrival - now;
        }
    }

    private bool Happens(double rate)
    {
        lock (_lock)
            return rate > 0 && _random.NextDouble() < rate;
    }

    private TimeSpan Any(TimeSpan most)
    {
        lock (_lock)
            return TimeSpan.FromTicks(_random.NextInt64(most.Ticks + 1));
    }
}
