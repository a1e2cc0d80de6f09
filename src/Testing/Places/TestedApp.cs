using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Testing;

/// <summary>
/// An app under test, in one of three places: the same test runs in memory with skipped time, on the embedded host in real time, and against a deployed app.
/// The variable <c>PREEMPT_TEST_APP</c> selects the place, or <see cref="TestedAppOptions.Place"/>.
/// </summary>
/// <example>
/// <code>
/// await using TestedApp app = await TestedApp.OpenAsync(typeof(ChatReply).Assembly);
/// TestedRun&lt;string&gt; run = await app.StartAsync&lt;ChatReply, string&gt;(new ChatMessage(user, "What is a monad?"));
/// Assert.Equal("A monoid.", await run.ResultAsync());
/// </code>
/// </example>
public abstract class TestedApp : IAsyncDisposable
{
    private protected TestedApp(TestPlace place) => Place = place;

    /// <summary>Where the app runs.</summary>
    public TestPlace Place { get; }

    /// <summary>Whether time is skipped: three days then pass in milliseconds. Otherwise time is real.</summary>
    public bool SkipsTime => Place == TestPlace.Memory;

    /// <summary>The app's time, UTC; for an app elsewhere the time of this machine.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>Opens an app as it is deployed, in the place that <see cref="TestPlace.Variable"/> selects.</summary>
    /// <param name="app">The app's assembly: that of one of its workflows.</param>
    /// <param name="replace">Replaces services of the app, if it runs in the test's process. The service that is added last counts.</param>
    /// <returns>The app, started.</returns>
    /// <exception cref="FormatException">The variable's value is not a place.</exception>
    /// <exception cref="InvalidOperationException">The app cannot be run, or does not respond.</exception>
    public static Task<TestedApp> OpenAsync(Assembly app, Action<IServiceCollection>? replace = null) =>
        OpenAsync(new TestedAppOptions { App = app, ConfigureServices = replace ?? (static _ => { }) });

    /// <summary>Opens an app.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The app, started.</returns>
    /// <exception cref="FormatException">The variable's value is not a place.</exception>
    /// <exception cref="InvalidOperationException">The app cannot be run, or does not respond.</exception>
    public static async Task<TestedApp> OpenAsync(TestedAppOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TestPlace place = options.Place ?? TestPlace.FromEnvironment();
        if (place.Address is not null)
            return await HttpApp.ConnectAsync(place, options.LongestWait);
        return place == TestPlace.Embedded ? await EmbeddedTestedApp.StartAsync(options) : MemoryApp.Start(options);
    }

    /// <summary>Starts a run.</summary>
    /// <typeparam name="TWorkflow">Its workflow.</typeparam>
    /// <typeparam name="TOutput">The workflow's output.</typeparam>
    /// <param name="input">The run's input.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <returns>The run, accepted.</returns>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    public Task<TestedRun<TOutput>> StartAsync<TWorkflow, TOutput>(object? input = null, StartOptions? options = null)
        where TWorkflow : Workflow, IWorkflowReturning<TOutput> =>
        StartNamedAsync<TOutput>(WorkflowContracts.NameOf(typeof(TWorkflow)), input, options);

    /// <summary>Starts a run of a workflow by its contract.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <typeparam name="TOutput">The output.</typeparam>
    /// <param name="workflow">The workflow.</param>
    /// <param name="input">The run's input.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <returns>The run, accepted.</returns>
    /// <exception cref="UnknownWorkflowException">The app has no such workflow.</exception>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    public Task<TestedRun<TOutput>> StartAsync<TInput, TOutput>(WorkflowContract<TInput, TOutput> workflow, TInput input, StartOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return StartNamedAsync<TOutput>(workflow.Name, input, options);
    }

    /// <summary>Reads a gate: its holders and its waiting runs.</summary>
    /// <typeparam name="TWorkflow">The workflow whose gate it is.</typeparam>
    /// <param name="key">The concurrency key.</param>
    /// <returns>The gate.</returns>
    public Task<Gate> GetGateAsync<TWorkflow>(string key)
        where TWorkflow : Workflow => GetGateAsync(WorkflowContracts.NameOf(typeof(TWorkflow)), key);

    /// <summary>Lets time pass, with everything that happens in it. If time is real, the test waits.</summary>
    /// <param name="time">How much, as in "3 days"; not "never".</param>
    /// <exception cref="InvalidOperationException">Time is real, and it would take longer than <see cref="TestedAppOptions.LongestWait"/>.</exception>
    public abstract Task AdvanceAsync(Duration time);

    /// <summary>Lets time pass until an instant, with everything that happens before. If time is real, the test waits.</summary>
    /// <param name="time">The instant; nothing happens if it has passed.</param>
    /// <exception cref="InvalidOperationException">Time is real, and it would take longer than <see cref="TestedAppOptions.LongestWait"/>.</exception>
    public Task AdvanceToAsync(DateTimeOffset time) => time > Now ? AdvanceAsync(time - Now) : Task.CompletedTask;

    /// <summary>Waits until the condition holds. If time is skipped, the clock jumps when there is nothing else to do.</summary>
    /// <param name="condition">The condition; checked repeatedly.</param>
    /// <param name="limit">
    /// How much of the app's time may pass: by default an hour where it skips, and <see cref="TestedAppOptions.LongestWait"/>, which is the most, where it is
    /// real.
    /// </param>
    /// <exception cref="TimeoutException">It does not hold within that time.</exception>
    public Task UntilAsync(Func<bool> condition, Duration? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return WaitAsync(() => Task.FromResult(condition()), limit);
    }

    /// <summary>Ends the app where it runs in the test's process; elsewhere, cancels the runs of the test that have not ended.</summary>
    /// <returns>A task that completes when that is done.</returns>
    public abstract ValueTask DisposeAsync();

    /// <summary>Starts a run.</summary>
    internal abstract Task<Run> StartRunAsync(string workflow, object? input, StartOptions? options);

    /// <summary>The run as it is now.</summary>
    internal abstract Task<Run> GetAsync(string id);

    internal abstract Task<Run> CancelAsync(string id, CancelOptions options);

    internal abstract Task<Run> ExtendAsync(string id, Duration by);

    internal abstract Task<Run> RaiseEventAsync(string id, string name, object? payload);

    internal abstract Task<RunExplanation> ExplainAsync(string id);

    /// <summary>A run's history as text; null where nobody tells.</summary>
    internal abstract string? FindHistory(string id);

    internal abstract Task<Gate> GetGateAsync(string workflow, string key);

    /// <summary>Waits until the condition holds.</summary>
    /// <exception cref="TimeoutException">It does not hold within that time.</exception>
    internal abstract Task WaitAsync(Func<Task<bool>> condition, Duration? limit);

    /// <summary>Waits until the run has ended.</summary>
    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    internal abstract Task WaitForEndAsync(string id, Duration? limit);

    private async Task<TestedRun<TOutput>> StartNamedAsync<TOutput>(string workflow, object? input, StartOptions? options) =>
        new(this, (await StartRunAsync(workflow, input, options)).Id);
}
