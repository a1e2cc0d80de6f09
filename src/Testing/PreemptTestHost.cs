using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Testing;

/// <summary>
/// Runs workflows in a test: a <see cref="DurableTestHost"/> with one call for each thing that a test of runs does. A failure shows the run's story.
/// </summary>
/// <example>
/// <code>
/// using PreemptTestHost host = PreemptTestHost.ForApp(typeof(ChatReply).Assembly, services => services.AddSingleton&lt;IModel&gt;(model));
/// TestRun&lt;string&gt; run = host.Start&lt;ChatReply, string&gt;(new ChatMessage("ada", "What is a monad?"));
/// Assert.Equal("A monoid.", run.Result());
/// </code>
/// </example>
public sealed class PreemptTestHost : IDisposable
{
    private readonly StepFaults _faults = new();

    /// <summary>Starts a host.</summary>
    /// <param name="options">The options. If they name no app, Preempt's functions are added.</param>
    /// <exception cref="InvalidOperationException">The app, or a function, cannot be run.</exception>
    public PreemptTestHost(DurableTestHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.App is null)
        {
            foreach (Type type in PreemptFunctions.Types.Except(options.FunctionTypes).ToArray())
                options.FunctionTypes.Add(type);
        }

        Host = new DurableTestHost(options, services => services.AddSingleton<IStepFaults>(_faults));
        App = new MemoryApp(this);
    }

    /// <summary>The host: for crashes, faults, and functions without Preempt.</summary>
    public DurableTestHost Host { get; }

    /// <summary>The host as a <see cref="TestedApp"/>.</summary>
    internal MemoryApp App { get; }

    /// <summary>The host's time, UTC.</summary>
    public DateTimeOffset Now => Host.Now;

    /// <summary>The client for runs that the app's own code uses; a new one after a crash. Call it within <see cref="DurableTestHost.Run{T}"/>.</summary>
    public RunClient Runs => Host.Services.GetRequiredService<RunClients>().With(Host.Client);

    /// <summary>Runs an app as it is deployed: its functions, and what its <c>Program</c> adds.</summary>
    /// <param name="app">The app's assembly: that of one of its workflows.</param>
    /// <param name="replace">Replaces services of the app, such as clients of other systems. The service that is added last counts.</param>
    /// <returns>The host.</returns>
    /// <exception cref="InvalidOperationException">The app, or a function, cannot be run.</exception>
    public static PreemptTestHost ForApp(Assembly app, Action<IServiceCollection>? replace = null) =>
        new(new DurableTestHostOptions { App = app, ConfigureServices = replace ?? (static _ => { }) });

    /// <summary>Starts a run.</summary>
    /// <typeparam name="TWorkflow">Its workflow.</typeparam>
    /// <typeparam name="TOutput">The workflow's output.</typeparam>
    /// <param name="input">The run's input.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <returns>The run, accepted. It goes on whenever the test waits on the host.</returns>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    public TestRun<TOutput> Start<TWorkflow, TOutput>(object? input = null, StartOptions? options = null)
        where TWorkflow : Workflow, IWorkflowReturning<TOutput> =>
        new(App.StartAsync<TWorkflow, TOutput>(input, options).GetAwaiter().GetResult());

    /// <summary>
    /// Makes the next attempts of a step fail: each throws an <see cref="InvalidOperationException"/> instead of running the step's code. The retry policy
    /// decides what happens then.
    /// </summary>
    /// <typeparam name="TStep">The step, of any run.</typeparam>
    /// <param name="times">How many attempts fail, in addition to earlier calls.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than one.</exception>
    public void FailStep<TStep>(int times = 1)
        where TStep : Step => _faults.Fail(StepRegistry.NameOf(typeof(TStep)), times);

    /// <summary>
    /// Makes the worker process of a step die: the step's code runs to its end, and its result is lost. The step is run again, as after any death
    /// of a worker, up to five times without using up an attempt.
    /// </summary>
    /// <typeparam name="TStep">The step, of any run.</typeparam>
    /// <param name="times">How many workers die, in addition to earlier calls.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than one.</exception>
    public void KillWorkerOf<TStep>(int times = 1)
        where TStep : Step => _faults.KillWorkerOf(StepRegistry.NameOf(typeof(TStep)), times);

    /// <summary>Reads a gate: its holders and its waiting runs.</summary>
    /// <typeparam name="TWorkflow">The workflow whose gate it is.</typeparam>
    /// <param name="key">The concurrency key.</param>
    /// <returns>The gate.</returns>
    public Gate GetGate<TWorkflow>(string key)
        where TWorkflow : Workflow => App.GetGateAsync<TWorkflow>(key).GetAwaiter().GetResult();

    /// <summary>Lets time pass, with everything that happens in it.</summary>
    /// <param name="time">How much, as in "3 days"; not "never".</param>
    public void Advance(Duration time) => Host.Advance(time.Value);

    /// <summary>Lets time pass until an instant, with everything that happens before.</summary>
    /// <param name="time">The instant; nothing happens if it has passed.</param>
    public void AdvanceTo(DateTimeOffset time)
    {
        if (time > Now)
            Host.Advance(time - Now);
    }

    /// <summary>Runs until the condition holds, and skips time when there is nothing else to do.</summary>
    /// <param name="condition">The condition; checked between any two pieces of work.</param>
    /// <param name="limit">How much time may pass; an hour by default.</param>
    /// <exception cref="TimeoutException">It does not hold within that time. The message has the histories of all instances that have not ended.</exception>
    public void Until(Func<bool> condition, Duration? limit = null) => Host.RunUntil(condition, limit?.Value);

    /// <inheritdoc />
    public void Dispose() => Host.Dispose();
}
