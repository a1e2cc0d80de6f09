using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Preempt.Embedded;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Store;

namespace Preempt.Testing;

/// <summary>
/// Runs durable functions in a test: in memory, on one thread, on a clock that jumps to the next timer when nothing else can
/// run, so that three days pass in milliseconds. Work is done only while the test waits on the host.
/// </summary>
public sealed class DurableTestHost : IDisposable
{
    /// <summary>What a restart takes on the host's clock: no two processes live at one instant.</summary>
    private static readonly TimeSpan RestartTime = TimeSpan.FromMilliseconds(10);

    private readonly DurableTestHostOptions _options;
    private readonly FaultyStore _store;
    private readonly SkippingClock _clock;
    private readonly InjectedFaults? _faults;
    private readonly ProcessClocks? _clocks;
    private readonly IReadOnlyList<FunctionDescriptor> _functions;
    private readonly Action<IFunctionAppBuilder>? _register;
    private readonly Action<IServiceCollection>? _alsoAdd;
    private Pump _pump;
    private ServiceProvider _services;
    private DurableEngine _engine;
    private int _ids;
    private int _boots;

    /// <summary>Starts a host.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="InvalidOperationException">A function cannot be run.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public DurableTestHost(DurableTestHostOptions options)
        : this(options, alsoAdd: null)
    {
    }

    /// <param name="alsoAdd">Adds services of the host itself, after those of the options.</param>
    internal DurableTestHost(DurableTestHostOptions options, Action<IServiceCollection>? alsoAdd)
    {
        _options = options;
        _alsoAdd = alsoAdd;
        _clock = new SkippingClock(options.StartTime);
        _faults = InjectedFaults.Create(options, _clock);
        _clocks = options.ClocksDiffer == TimeSpan.Zero ? null : new ProcessClocks(_clock, options.ClocksDiffer, options.Seed);
        _store = new FaultyStore(new MemoryStore(), _faults);
        _register = options.App is { } app ? AppRegistration.Of(app) : null;
        _functions = FunctionCatalog.Discover(options.App is { } types
            ? FunctionCatalog.AppAssemblies(types).SelectMany(assembly => assembly.GetTypes()).Union(options.FunctionTypes)
            : options.FunctionTypes);
        (_pump, _services, _engine) = Boot();
    }

    /// <summary>The engine's client; a new one after a crash.</summary>
    public DurableTaskClient Client => _engine.Client;

    /// <summary>The app's services; new ones after a crash.</summary>
    public IServiceProvider Services => _services;

    /// <summary>The host's time, UTC.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>How often the host has crashed.</summary>
    public int Crashes { get; private set; }

    /// <summary>Commits that have become durable: turns, entity batches, calls of the client.</summary>
    public int Commits => _store.Commits;

    /// <summary>What is durable: for tests that read histories.</summary>
    internal IStore Store => _store;

    /// <summary>Told of each commit that is durable, in their order, before anybody sees any of it: for tests that watch a protocol at work.</summary>
    internal Action<Commit> Committing
    {
        set => _store.Committing = value;
    }

    private (Pump Pump, ServiceProvider Services, DurableEngine Engine) Boot()
    {
        // Another seed for each process: a schedule that kills it must not come again.
        Pump pump = new(_options.Seed == 0 ? 0 : unchecked(_options.Seed + _boots++), _clock, _options.RealTimeLimit, _clocks);
        IServiceCollection collection = NewServices();
        collection.AddSingleton<TimeProvider>(_clocks ?? (TimeProvider)_clock);
        collection.AddLogging();
        collection.AddOptions();
        _options.ConfigureServices(collection);
        _alsoAdd?.Invoke(collection);
        ServiceProvider services = collection.BuildServiceProvider();
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger<DurableTestHost>();
        pump.Log = holding => logger.LogWarning("{Holding}", holding);
        EngineOptions engineOptions = new()
        {
            Store = _store,
            Json = WorkerJson.Of(services.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer),
            Scheduler = pump,
            NewId = () => Interlocked.Increment(ref _ids).ToString("x32", CultureInfo.InvariantCulture),
            ReplayEveryTurn = _options.ReplayEveryTurn,
            Faults = _faults,
        };
        DurableEngine? engine = null;
        FunctionTable table = FunctionTableFactory.Create(_functions, new FunctionRuntime(services, () => engine!));
        engine = new DurableEngine(engineOptions, table, _clock, services.GetRequiredService<ILoggerFactory>());
        engine.Start();
        return (pump, services, engine);
    }

    /// <summary>The services that the app adds; none without one.</summary>
    private IServiceCollection NewServices()
    {
        if (_register is null)
            return new ServiceCollection();
        TestAppBuilder builder = new(_options.App!.GetName().Name!, _options.Settings);
        _register(builder);
        builder.Services.AddSingleton(builder.Middleware);
        return builder.Services;
    }

    /// <summary>Kills the process, and starts it again with what was durable.</summary>
    public void Crash()
    {
        Crashes++;
        Reboot();
    }

    /// <summary>Stops the host as SIGTERM does, and starts it again. Activities are told to stop, and have some time to end.</summary>
    /// <param name="drain">The time that they have; ten seconds by default.</param>
    public void Restart(TimeSpan? drain = null)
    {
        // Callbacks of the token may run anywhere; what they set free runs here, as ever.
        _engine.StopActivitiesAsync().Wait();
        using CancellationTokenSource deadline = new(drain ?? TimeSpan.FromSeconds(10), _clock);
        Run(async () =>
        {
            await _engine.StopAsync(deadline.Token);
            return true;
        });
        _services.Dispose();
        Reboot();
    }

    private void Reboot()
    {
        _engine.Kill();
        _clock.DropTimers();
        _clock.JumpTo(Now + RestartTime);
        _store.Revive();
        (_pump, _services, _engine) = Boot();
    }

    /// <summary>The history of an instance as text, its latest 200 events: for the message of a test that fails.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <returns>The text.</returns>
    public string DumpHistory(string instanceId) => HistoryDump.Of(_store, instanceId);

    /// <summary>Makes the process die, and start again, at a later commit.</summary>
    /// <param name="commits">How many commits pass before that one.</param>
    /// <param name="isKept">Whether the commit at which it dies is durable.</param>
    public void CrashAfter(int commits, bool isKept) => _store.DieAfter(commits, isKept);

    /// <summary>Runs until the condition holds, and skips time when there is nothing else to do.</summary>
    /// <param name="condition">The condition; checked between any two pieces of work.</param>
    /// <param name="limit">How far the clock may go; an hour by default.</param>
    /// <exception cref="TimeoutException">
    /// The limit was reached, or nothing more can happen, or work goes on endlessly while the clock stands still, or an activity has worked for
    /// longer than <see cref="DurableTestHostOptions.RealTimeLimit"/>. The message has the histories of all instances that have not ended, or what is at work.
    /// </exception>
    public void RunUntil(Func<bool> condition, TimeSpan? limit = null)
    {
        DateTimeOffset end = Now + (limit ?? TimeSpan.FromHours(1));
        while (!Work(condition))
        {
            if (_clock.NextDue is not { } next || next > end)
                throw NeverHolds($"The condition does not hold at {Now:O}, and nothing happens until {end:O}");
            _pump.Do(() => _clock.JumpTo(next));
        }
    }

    /// <summary>Does all that can be done now, or until the condition holds: true if it does. A process that dies starts again.</summary>
    private bool Work(Func<bool> condition)
    {
        int done = 0;
        while (true)
        {
            bool isOver = _pump.RunUntil(() => _store.IsDead || condition() || done++ == _options.MaxWorkAtOnce);
            if (done > _options.MaxWorkAtOnce)
                throw NeverHolds($"{_options.MaxWorkAtOnce} pieces of work have followed each other, and the clock stands at {Now:O}");
            if (!_store.IsDead)
                return isOver;
            Crash();
        }
    }

    private TimeoutException NeverHolds(string why) => new($"{why}. Not ended:\n{HistoryDump.OfUnfinished(_store)}");

    /// <summary>Runs a call that may wait on the host, and other work in the meantime.</summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="call">The call; it begins on the host's thread.</param>
    /// <param name="limit">How far the clock may go; an hour by default.</param>
    /// <returns>The result.</returns>
    /// <exception cref="TimeoutException">The limit was reached, or nothing more can happen.</exception>
    /// <exception cref="HostCrashedException">The host crashed before the call returned. What the call asked for may have been done or not.</exception>
    public T Run<T>(Func<Task<T>> call, TimeSpan? limit = null)
    {
        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_pump);
        _clocks?.Enter();
        Task<T> task;
        try
        {
            task = call();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        int crashes = Crashes;
        RunUntil(() => task.IsCompleted || Crashes > crashes, limit);
        return task.IsCompleted ? task.GetAwaiter().GetResult() : throw new HostCrashedException();
    }

    /// <summary>Lets time pass, with everything that happens in it.</summary>
    /// <param name="time">How much.</param>
    public void Advance(TimeSpan time)
    {
        DateTimeOffset end = Now + time;
        Work(static () => false);
        while (_clock.NextDue is { } next && next <= end)
        {
            _pump.Do(() => _clock.JumpTo(next));
            Work(static () => false);
        }

        _pump.Do(() => _clock.JumpTo(end));
        Work(static () => false);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _engine.Kill();
        _services.Dispose();
    }
}
