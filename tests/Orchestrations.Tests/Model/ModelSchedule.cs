using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Testing;

namespace Preempt.Tests.Model;

/// <summary>
/// One random schedule: starts, cancels, extensions, kills, purges, crashes and waits, with faults of the host around them, all
/// decided by the seed. Afterwards everything must have ended, and every slot must be free for whoever wants it.
/// </summary>
internal sealed class ModelSchedule : IDisposable
{
    /// <summary>Passes between two lives of an id at least, as on any engine: the second does not begin at the instant at which the first was accepted.</summary>
    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(1);

    /// <summary>Keys of each rule.</summary>
    public const int Keys = 3;

    /// <summary>The worlds: workflows that differ in their rules. The seed says which.</summary>
    public static readonly string[] Workflows =
    [
        "one-after-stop", "two-after-stop", "one-immediate", "two-immediate", "two-oldest", "one-in-line", "two-in-line",
        "one-each-two-in-all", "two-each-three-in-all", "two-lines", "newest-then-line", "line-then-newest", "newest-then-newest",
        "in-turn-then-oldest", "newest-step", "line-then-steps-in-line", "newest-with-child",
        "line-in-line", "newest-in-newest", "as-many-newest", "as-many-in-line", "as-many-in-turn",
        "throttled", "rate-limited", "throttled-then-line", "newest-then-throttled", "throttled-steps",
        "debounced", "debounced-then-newest", "weighted-in-turn",
        "line-then-shared-line", "steps-in-shared-line", "line-then-shared-newest", "throttled-then-line-then-shared",
    ];

    /// <summary>The workflow with which a world shares a rule, so that runs of both are started.</summary>
    private static readonly Dictionary<string, string> Others = new()
    {
        ["line-then-shared-line"] = "shared-line",
        ["steps-in-shared-line"] = "shared-line",
        ["line-then-shared-newest"] = "shared-newest",
        ["throttled-then-line-then-shared"] = "shared-in-turn",
    };

    private static readonly TimeSpan Patience = TimeSpan.FromHours(12);

    /// <summary>Many times what a schedule needs: one that goes on and on is broken.</summary>
    private const int MostCommits = 100_000;

    private readonly Random _random;
    private readonly string _workflow;
    private readonly DurableTestHost _host;
    private readonly ProtocolWitness _witness;
    private readonly StepWitness _steps = new();
    private readonly List<string> _started = [];
    private readonly DurableTestHostOptions _options;
    private bool _hasKilled;

    /// <summary>Whether the app is drained in this schedule: in one of four.</summary>
    private readonly bool _isDrainer;

    /// <summary>Whether limits are changed in this schedule: in one of four.</summary>
    private readonly bool _isLimiter;

    /// <summary>Whether runs that have ended are restarted past Preempt: in one schedule of three.</summary>
    private readonly bool _restarts;

    public ModelSchedule(int seed)
    {
        _random = new Random(seed);
        _workflow = Workflows[seed % Workflows.Length];
        DurableTestHostOptions options = new() { Seed = seed, ConfigureServices = Configure, ReplayEveryTurn = _random.Next(4) == 0 };
        foreach (Type type in PreemptFunctions.Types)
            options.FunctionTypes.Add(type);
        AddFaults(options);
        _options = options;
        _isDrainer = _random.Next(4) == 0;
        _restarts = _random.Next(3) == 0;
        _isLimiter = _random.Next(4) == 0;
        _host = new DurableTestHost(options);
        _witness = new ProtocolWitness(() => _host.Now)
        {
            ForgetsAdmissions = options.TurnsHappenTwice > 0,
            LosesRequests = options.EventsOvertakeStarts > 0,
            ClockError = options.ClocksDiffer == TimeSpan.Zero ? TimeSpan.Zero : (2 * options.ClocksDiffer) + TimeSpan.FromSeconds(1),
        };
        _steps.Began = step => _witness.SeeAtWork(step, _steps.AtWork);
        _host.Committing = _witness.See;
        _witness.Note($"seed {seed}: {_workflow}, {Describe(options)}");
    }

    public IEnumerable<string> Breaches => _witness.Breaches.Concat(_steps.Breaches);

    public string Trace => _witness.Trace();

    public int Commits => _host.Commits;

    /// <summary>After so long a throttle lets a whole burst start.</summary>
    private TimeSpan TimeToStart => _workflow.Contains("throttled", StringComparison.Ordinal) || _workflow == "rate-limited" ? TimeSpan.FromSeconds(30) : TimeSpan.Zero;

    private bool HasChildren => _workflow == "newest-with-child";

    private bool CallsItself => _workflow is "line-in-line" or "newest-in-newest";

    private RunClient Runs => _host.Services.GetRequiredService<RunClients>().With(_host.Client);

    private void Configure(IServiceCollection services)
    {
        _steps.NewProcess();
        services.AddSingleton(_steps).AddPreempt(new ConfigurationBuilder().Build(), preempt => preempt
            .AddWorkflow<OneAfterStop>()
            .AddWorkflow<TwoAfterStop>()
            .AddWorkflow<OneImmediate>()
            .AddWorkflow<TwoImmediate>()
            .AddWorkflow<TwoOldest>()
            .AddWorkflow<OneInLine>()
            .AddWorkflow<TwoInLine>()
            .AddWorkflow<OneEachTwoInAll>()
            .AddWorkflow<TwoEachThreeInAll>()
            .AddWorkflow<TwoLines>()
            .AddWorkflow<NewestThenLine>()
            .AddWorkflow<LineThenNewest>()
            .AddWorkflow<NewestThenNewest>()
            .AddWorkflow<InTurnThenOldest>()
            .AddWorkflow<NewestStep>()
            .AddWorkflow<LineThenStepsInLine>()
            .AddWorkflow<NewestWithChild>()
            .AddWorkflow<LineInLine>()
            .AddWorkflow<NewestInNewest>()
            .AddWorkflow<AsManyNewest>()
            .AddWorkflow<AsManyInLine>()
            .AddWorkflow<AsManyInTurn>()
            .AddWorkflow<Throttled>()
            .AddWorkflow<RateLimited>()
            .AddWorkflow<ThrottledThenLine>()
            .AddWorkflow<NewestThenThrottled>()
            .AddWorkflow<ThrottledSteps>()
            .AddWorkflow<Debounced>()
            .AddWorkflow<DebouncedThenNewest>()
            .AddWorkflow<WeightedInTurn>()
            .AddWorkflow<SharedLine>()
            .AddWorkflow<LineThenSharedLine>()
            .AddWorkflow<StepsInSharedLine>()
            .AddWorkflow<SharedNewest>()
            .AddWorkflow<LineThenSharedNewest>()
            .AddWorkflow<ThrottledThenLineThenShared>()
            .AddWorkflow<SharedInTurn>()
            .AddModelRules()
            .AddStep<ModelStep>());
    }

    /// <summary>
    /// Each kind of fault is there in half of the schedules, and one schedule in eight has none. PREEMPT_FAULT names one that is to be there
    /// always, and alone.
    /// </summary>
    private void AddFaults(DurableTestHostOptions options)
    {
        string? only = Environment.GetEnvironmentVariable("PREEMPT_FAULT");
        bool isFaultless = _random.Next(8) == 0;
        double Rate(string fault, double rate)
        {
            bool isThere = _random.Next(2) == 0 && !isFaultless;
            return (only is null ? isThere : fault == only) ? rate : 0;
        }

        options.ActivitiesRunTwice = Rate(nameof(options.ActivitiesRunTwice), 0.2);
        options.WorkersDie = Rate(nameof(options.WorkersDie), 0.1);
        options.MessagesArriveTwice = Rate(nameof(options.MessagesArriveTwice), 0.2);
        options.MessagesArriveLate = Rate(nameof(options.MessagesArriveLate), 0.3);
        options.TimersFireEarly = TimeSpan.FromSeconds(Rate(nameof(options.TimersFireEarly), 1));
        options.TurnsHappenTwice = Rate(nameof(options.TurnsHappenTwice), 0.1);
        options.SignalsArriveTwice = Rate(nameof(options.SignalsArriveTwice), 0.3);
        options.ClocksDiffer = TimeSpan.FromMinutes(Rate(nameof(options.ClocksDiffer), 5));
        options.EventsOvertakeStarts = Rate(nameof(options.EventsOvertakeStarts), 0.5);
    }

    private static string Describe(DurableTestHostOptions options) =>
        $"twice {options.ActivitiesRunTwice}, workers die {options.WorkersDie}, messages twice {options.MessagesArriveTwice} and late "
        + $"{options.MessagesArriveLate}, timers early {options.TimersFireEarly}, turns twice {options.TurnsHappenTwice}, signals twice "
        + $"{options.SignalsArriveTwice}, events overtake starts {options.EventsOvertakeStarts}, clocks off {options.ClocksDiffer}, replay {options.ReplayEveryTurn}";

    public void Play()
    {
        int actions = 6 + _random.Next(9);
        for (int action = 0; action < actions; action++)
            Try(Act);
        // What is still to come is not struck by a crash that was set before.
        _host.CrashAfter(int.MaxValue, isKept: true);
        if (_isDrainer)
        {
            Resume();
            // A drain that was asked for before can be on its way yet.
            _host.Advance(TimeSpan.FromMinutes(1));
            Resume();
        }

        if (_isLimiter)
        {
            ResetLimits();
            // A change that was asked for before can be on its way yet.
            _host.Advance(TimeSpan.FromMinutes(1));
            ResetLimits();
        }

        Until(() => _witness.HaveAllEnded, "all runs have ended");
        _host.Advance(TimeSpan.FromMinutes(_isLimiter ? 10 : 1));
        _witness.CheckLimits();
        // A run that is killed, or whose farewell dies with the gate's worker, stays in the gate's books until somebody waits for its slot; and one
        // that the gate has turned away can come into them, where the gate answers a second time.
        _hasKilled |= _witness.Runs.Values.Any(run => run.WasKilled);
        if (!_hasKilled && _options.WorkersDie == 0 && _options.TurnsHappenTwice == 0)
            RequireEmptyGates();
        // A probe must not leave behind what the next one would have to find.
        _options.WorkersDie = 0;
        _options.TurnsHappenTwice = 0;
        Probe();
    }

    private void Try(Action act)
    {
        try
        {
            act();
        }
        catch (HostCrashedException)
        {
            _witness.Note("the host crashed before it answered");
        }
        catch (RunNotAnsweringException busy)
        {
            // Its messages are late, or it leaves its gates: whoever asks again hears which.
            _witness.Note($"not answered: {busy.Message}");
        }
        catch (LimitNotAnsweringException busy)
        {
            _witness.Note($"not answered: {busy.Message}");
        }
        catch (RunConflictException conflict)
        {
            _witness.Note($"refused: {conflict.Message}");
        }
        catch (UnknownRunException unknown)
        {
            _witness.Note($"refused: {unknown.Message}");
        }
    }

    private void Act()
    {
        if (_isLimiter && Happens(30))
        {
            Limit();
            return;
        }

        switch (_random.Next(20))
        {
            case < 9 when _workflow.Contains("in-turn", StringComparison.Ordinal) && Happens(40):
                StartLine();
                break;
            case < 9:
                Start();
                break;
            case < 12:
                Cancel();
                break;
            case < 13:
                Extend();
                break;
            case < 14:
                Kill();
                break;
            case < 15:
                _host.CrashAfter(_random.Next(15), _random.Next(2) == 0);
                break;
            case < 16:
                _witness.Note("crash");
                _host.Crash();
                break;
            case < 17 when _restarts && Happens(50):
                Restart();
                break;
            case < 17:
                Disturb();
                break;
            case < 18 when _isDrainer:
                Drain();
                break;
            default:
                TimeSpan time = TimeSpan.FromSeconds(_random.Next(8));
                _witness.Note($"{time} pass");
                _host.Advance(time);
                break;
        }
    }

    private bool Happens(int percent) => _random.Next(100) < percent;

    private void Start()
    {
        int letter = _random.Next(10) switch { < 6 => 0, < 9 => 1, _ => 2 };
        Play play = new()
        {
            Key = $"key-{letter}",
            Other = $"other-{_random.Next(2)}",
            Steps = [.. Enumerable.Range(0, 1 + _random.Next(2)).Select(AnyStep)],
            Cleanup = Happens(20) ? _random.Next(15) : null,
            Stubborn = Happens(15),
            SelfCancel = Happens(5),
            Child = HasChildren ? new PlayStep("0", _random.Next(20), IgnoreStop: Happens(15), IsShielded: Happens(20)) : null,
            Nested = CallsItself ? _random.Next(3) : 0,
        };
        StartOptions options = new()
        {
            Priority = _random.Next(2),
            Timeout = Happens(20) ? Duration.FromSeconds(1 + _random.Next(20)) : (Duration?)null,
            ScheduleTimeout = Happens(15) ? Duration.FromSeconds(1 + _random.Next(30)) : (Duration?)null,
        };
        string workflow = Others.TryGetValue(_workflow, out string? other) && Happens(50) ? other : _workflow;
        Start(FreeId(), play, options, workflow);
    }

    /// <summary>Starts so many runs of all keys that each waits for several turns.</summary>
    private void StartLine()
    {
        for (int n = 0; n < 3 * Keys; n++)
        {
            Play play = new() { Key = $"key-{_random.Next(Keys)}", Other = "other-0", Steps = [new PlayStep("0", _random.Next(5))] };
            Start(NextId(), play, new StartOptions());
        }
    }

    private PlayStep AnyStep(int number) => new(
        $"{number}",
        Happens(10) ? 200 : _random.Next(12),
        IgnoreStop: Happens(15),
        FailTimes: Happens(15) ? 1 + _random.Next(3) : 0,
        Timeout: Happens(10) ? 1 + _random.Next(5) : null);

    private string Start(string id, Play play, StartOptions options, string? workflow = null)
    {
        // A step may fail three times, or be stopped before it is tried again; a child may be stopped by itself.
        if (play.Child is not null || play.Steps.Any(step => step.FailTimes > 0 || step.Timeout is not null))
            _witness.ExpectFailure(id);
        _witness.Note($"start {id} of {workflow ?? _workflow}: {System.Text.Json.JsonSerializer.Serialize(play)} {options}");
        _host.Run(() => Runs.StartAsync(workflow ?? _workflow, play, options with { RunId = id }));
        return id;
    }

    /// <summary>An id that no run has; now and then one that a run had that has ended, and is deleted for it.</summary>
    private string FreeId()
    {
        string[] ended = [.. _started.Where(id => _witness.Runs.TryGetValue(id, out RunWitness? run) && run.HasEnded)];
        if (ended.Length == 0 || !Happens(20))
            return NextId();
        string again = ended[_random.Next(ended.Length)];
        _witness.Note($"delete {again}");
        _host.Advance(Blink);
        _host.Run(() => DoAsync(Runs.DeleteAsync(again)));
        _steps.Forget(again);
        return again;
    }

    private string NextId()
    {
        string id = $"run-{_started.Count:D2}";
        _started.Add(id);
        return id;
    }

    /// <summary>Any run that was accepted, children too, or that may have been.</summary>
    private string? AnyRun()
    {
        string[] all = [.. _started.Union(_witness.Runs.Keys)];
        return all.Length == 0 ? null : all[_random.Next(all.Length)];
    }

    private void Cancel()
    {
        if (AnyRun() is not { } id)
            return;
        CancelOptions options = new(
            $"cancel {_random.Next(100)}",
            Grace: Happens(50) ? Duration.FromSeconds(_random.Next(20)) : (Duration?)null,
            QueuedOnly: Happens(20));
        _witness.Note($"cancel {id}: {options}");
        _witness.Cancelled(id);
        Run told = _host.Run(() => Runs.CancelAsync(id, options));
        // Where clocks differ, a run can take itself for a restarted one, and the request for one to the run before it; then the answer shows no stop.
        if (!options.QueuedOnly && (told.Stop is not null || _witness.ClockError == TimeSpan.Zero))
            _steps.Acknowledge(id);
    }

    private void Extend()
    {
        if (AnyRun() is not { } id)
            return;
        string key = $"extension {_random.Next()}";
        int times = Happens(30) ? 2 : 1;
        _witness.Note($"extend {id}, {times} times");
        for (int time = 0; time < times; time++)
            _host.Run(() => Runs.ExtendAsync(id, Duration.FromSeconds(10), key));
    }

    /// <summary>Ends the run's instance past its supervisor, and sometimes leaves no trace of it.</summary>
    private void Kill()
    {
        if (AnyRun() is not { } id)
            return;
        bool isPurged = Happens(50);
        _witness.Note($"kill {id}, purge {isPurged}");
        _hasKilled = true;
        try
        {
            _host.Run(() => DoAsync(_host.Client.TerminateInstanceAsync(id, CancellationToken.None)));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            _witness.Note($"refused: {exception.Message}");
        }

        if (!isPurged)
            return;
        Until(() => !_witness.Runs.TryGetValue(id, out RunWitness? run) || run.HasEnded, $"{id} has ended");
        _host.Run(() => _host.Client.PurgeInstanceAsync(id));
    }

    /// <summary>Starts a run that has ended again, with the platform's own means.</summary>
    private void Restart()
    {
        string[] ended = [.. _witness.Runs.Values.Where(run => run.HasEnded).Select(run => run.Id)];
        if (ended.Length == 0)
            return;
        string id = ended[_random.Next(ended.Length)];
        bool hasNewId = Happens(50);
        _host.Advance(Blink);
        _witness.Note($"restart {id}, new id {hasNewId}");
        _witness.Restarted(id);
        if (!hasNewId)
            _steps.Forget(id);
        try
        {
            string again = _host.Run(() => _host.Client.RestartAsync(id, hasNewId));
            _witness.Restarted(again);
            if (_witness.MayFail(id))
                _witness.ExpectFailure(again);
        }
        catch (HostCrashedException)
        {
            _witness.RestartLost();
            throw;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            _witness.Note($"refused: {exception.Message}");
        }
    }

    /// <summary>Has the app drain, or stop all that runs, or go on.</summary>
    private void Drain()
    {
        if (Happens(30))
        {
            Resume();
            return;
        }

        bool isImmediate = Happens(30);
        _witness.Note($"drain, at once {isImmediate}");
        _host.Run(() => Runs.DrainAsync(isImmediate));
    }

    private string[] Rules => [.. _host.Run(() => Runs.ListLimitsAsync()).Where(rule => rule.Workflow == _workflow || rule.Workflow is null).Select(rule => rule.Rule)];

    /// <summary>Changes a limit of a rule, or of one key of it, or takes it back.</summary>
    private void Limit()
    {
        string[] rules = Rules;
        RuleLimits rule = _host.Run(() => Runs.ListLimitsAsync(rules[_random.Next(rules.Length)]))[0];
        string? key = Happens(50) ? $"key-{_random.Next(2)}" : null;
        if (Happens(25))
        {
            _witness.Note($"reset the limit of {rule.Rule}, key {key}");
            _host.Run(() => Runs.ResetLimitAsync(rule.Rule, key));
            return;
        }

        ConcurrencyRule code = rule.Code;
        LimitRequest limit = new()
        {
            Rule = rule.Rule,
            Key = key,
            MaxRuns = code.Debounce is null && Happens(60) ? 1 + _random.Next(3) : null,
            Rate = code.Rate is not null && Happens(50) ? new StartRate(1 + _random.Next(4), "20 seconds") : null,
            Weight = code.Strategy == ConcurrencyStrategy.RoundRobin && key is not null ? 1 + _random.Next(3) : null,
            Pause = Happens(30),
            Until = Happens(30) ? _host.Now + TimeSpan.FromSeconds(1 + _random.Next(30)) : null,
        };
        if (limit is { MaxRuns: null, Rate: null, Weight: null })
            limit = limit with { Pause = true };
        _witness.Note($"limit {limit}");
        try
        {
            _host.Run(() => Runs.SetLimitAsync(limit));
        }
        catch (InvalidRunException invalid) when (_witness.ClockError > TimeSpan.Zero)
        {
            // Its end has come by the clock of the process that is asked.
            _witness.Note($"refused: {invalid.Message}");
        }
    }

    private void ResetLimits()
    {
        foreach (string rule in Rules)
        {
            foreach (Limit limit in _host.Run(() => Runs.ListLimitsAsync(rule))[0].Limits)
                Again(() => _host.Run(() => Runs.ResetLimitAsync(rule, limit.Key)));
        }
    }

    private void Again(Action act)
    {
        const int MaxAttempts = 5;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                act();
                return;
            }
            catch (LimitNotAnsweringException) when (attempt < MaxAttempts)
            {
                _witness.Note("asked again");
            }
        }
    }

    private void Resume()
    {
        const int MaxAttempts = 5;
        AppMode mode;
        int attempt = 0;
        do
        {
            // Whoever is told that the app drains still asks once more: the request can be lost with the worker that takes it.
            _witness.Note("resume");
            mode = _host.Run(() => Runs.ResumeAsync()).Mode;
        }
        while (mode != AppMode.Running && ++attempt < MaxAttempts);
    }

    private static async Task<bool> DoAsync(Task task)
    {
        await task;
        return true;
    }

    /// <summary>Sends a run what is not a message to it.</summary>
    private void Disturb()
    {
        if (AnyRun() is not { } id)
            return;
        object?[] junk = ["stop", null, new { Kind = "Stop" }, new { Kind = "Admitted", Gate = "none", Token = 7 }];
        object? payload = junk[_random.Next(junk.Length)];
        _witness.Note($"disturb {id}: {payload}");
        try
        {
            _host.Run(() => DoAsync(_host.Client.RaiseEventAsync(id, RunMessage.EventName, payload)));
        }
        catch (InvalidOperationException exception)
        {
            _witness.Note($"refused: {exception.Message}");
        }
    }

    private void Until(Func<bool> condition, string what)
    {
        try
        {
            _host.RunUntil(() => condition() || _host.Commits > MostCommits, Patience);
            _witness.Require(condition(), $"It does not come in {MostCommits} commits that {what}.");
            if (!condition())
                throw new ModelBrokenException();
        }
        catch (TimeoutException exception)
        {
            _witness.Require(false, $"It never comes that {what}. {exception.Message}");
            throw new ModelBrokenException();
        }
    }

    private void RequireEmptyGates()
    {
        foreach (GateWitness gate in _witness.Gates.Values)
        {
            _witness.Require(gate.State.Holders.IsEmpty, $"{gate.Key} still has the holder {gate.State.Holders.FirstOrDefault()?.Age.RunId}.");
            _witness.Require(gate.State.Waiters.IsEmpty, $"{gate.Key} still has the waiter {gate.State.Waiters.FirstOrDefault().Age.RunId}.");
        }
    }

    /// <summary>Whatever was killed, every slot of every key is there for runs that want it.</summary>
    private void Probe()
    {
        ImmutableArray<ConcurrencyRule> rules =
            _host.Services.GetRequiredService<WorkflowRegistry>().All.First(workflow => workflow.Name == _workflow).Rules;
        // Where code computes it, a probe says by its one step that one may run.
        int slots = rules.Select(rule => rule.IsMaxRunsComputed ? 1 : rule.MaxRuns).DefaultIfEmpty(1).Min();
        // One that is turned away looks for the dead; whoever comes meanwhile is turned away all the same.
        bool turnsAway = rules.Any(rule => rule.Strategy == ConcurrencyStrategy.CancelNewest);
        for (int key = 0; key < Keys; key++)
        {
            Play play = new()
            {
                Key = $"key-{key}",
                Other = $"other-{key % 2}",
                Steps = [new PlayStep("0", 1)],
                Child = HasChildren ? new PlayStep("0", 1) : null,
            };
            if (turnsAway && _hasKilled)
            {
                // Who wants their slots has the steps of the killed told, and is turned away meanwhile; they have the grace of their run.
                string[] first = [.. Enumerable.Range(0, slots).Select(_ => Start(NextId(), play, new StartOptions()))];
                Until(() => first.All(run => _witness.Runs[run].HasEnded), "the first have ended");
                _host.Advance(TimeSpan.FromMinutes(1));
            }

            DateTimeOffset before = _host.Now;
            if (turnsAway)
                Probe(key, play, 1);
            Probe(key, play, slots);
            TimeSpan taken = _host.Now - before;
            _witness.Require(taken < TimeSpan.FromMinutes(3) + (2 * _witness.ClockError), $"The probes of key {key} took {taken}.");
        }
    }

    private void Probe(int key, Play play, int count)
    {
        // What a clock that is ahead has accepted is the newest until the others are as far.
        _host.Advance(_witness.ClockError + TimeToStart);
        string[] probes = [.. Enumerable.Range(0, count).Select(_ => Start(NextId(), play, new StartOptions()))];
        Until(() => probes.All(probe => _witness.Runs[probe].HasEnded), "the probes have ended");
        foreach (string probe in probes)
        {
            RunRecord record = _witness.Runs[probe].Record;
            // Where clocks differ, a throttle that moves to a host whose clock is behind takes the last starts for later ones.
            bool mayBeTooSoon = _witness.ClockError > TimeSpan.Zero && record.Stop?.RetryAt is not null;
            _witness.Require(record.Status == RunStatus.Succeeded || mayBeTooSoon, $"The probe {probe} of key {key} is {record.Status}.");
        }
    }

    public void Dispose() => _host.Dispose();
}

/// <summary>The schedule cannot go on; what is broken is on the witness's list.</summary>
internal sealed class ModelBrokenException : Exception
{
    public ModelBrokenException()
    {
    }

    public ModelBrokenException(string message)
        : base(message)
    {
    }

    public ModelBrokenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
