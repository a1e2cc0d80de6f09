using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Testing;

/// <summary>
/// An app under test, wherever it runs: one and the same test plays in memory on a clock that skips, on the embedded host in real time, and against an app
/// that is deployed. The variable <c>PREEMPT_TEST_APP</c> says where, or <see cref="TestedAppOptions.Place"/>.
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

    /// <summary>Whether its time skips: three days pass in milliseconds. Where it does not, a test waits for whatever it waits for.</summary>
    public bool SkipsTime => Place == TestPlace.Memory;

    /// <summary>The app's time, UTC; of an app elsewhere that of this machine.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>Opens an app as it is deployed, where <see cref="TestPlace.Variable"/> says.</summary>
    /// <param name="app">The app's assembly: that of one of its workflows.</param>
    /// <param name="replace">Replaces services of the app, where it runs in the test's process: the last that is added counts.</param>
    /// <returns>The app, started.</returns>
    /// <exception cref="FormatException">The variable names no place.</exception>
    /// <exception cref="InvalidOperationException">The app cannot be run, or does not answer.</exception>
    public static Task<TestedApp> OpenAsync(Assembly app, Action<IServiceCollection>? replace = null) =>
        OpenAsync(new TestedAppOptions { App = app, ConfigureServices = replace ?? (static _ => { }) });

    /// <summary>Opens an app.</summary>
    /// <param name="options">Which, and where.</param>
    /// <returns>The app, started.</returns>
    /// <exception cref="FormatException">The variable names no place.</exception>
    /// <exception cref="InvalidOperationException">The app cannot be run, or does not answer.</exception>
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
    /// <typeparam name="TOutput">What the workflow returns.</typeparam>
    /// <param name="input">What the run is given.</param>
    /// <param name="options">What else is to be said.</param>
    /// <returns>The run, accepted.</returns>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    public Task<TestedRun<TOutput>> StartAsync<TWorkflow, TOutput>(object? input = null, StartOptions? options = null)
        where TWorkflow : Workflow, IWorkflowReturning<TOutput> =>
        StartNamedAsync<TOutput>(WorkflowContracts.NameOf(typeof(TWorkflow)), input, options);

    /// <summary>Starts a run of a workflow of which the test knows the contract only.</summary>
    /// <typeparam name="TInput">What the workflow takes.</typeparam>
    /// <typeparam name="TOutput">What it returns.</typeparam>
    /// <param name="workflow">The workflow.</param>
    /// <param name="input">What the run is given.</param>
    /// <param name="options">What else is to be said.</param>
    /// <returns>The run, accepted.</returns>
    /// <exception cref="UnknownWorkflowException">The app has no such workflow.</exception>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    public Task<TestedRun<TOutput>> StartAsync<TInput, TOutput>(WorkflowContract<TInput, TOutput> workflow, TInput input, StartOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return StartNamedAsync<TOutput>(workflow.Name, input, options);
    }

    /// <summary>A gate: who holds it, and who waits.</summary>
    /// <typeparam name="TWorkflow">The workflow whose gate it is.</typeparam>
    /// <param name="key">The concurrency key.</param>
    /// <returns>The gate.</returns>
    public Task<Gate> GetGateAsync<TWorkflow>(string key)
        where TWorkflow : Workflow => GetGateAsync(WorkflowContracts.NameOf(typeof(TWorkflow)), key);

    /// <summary>Lets time pass, and all that happens in it. Where time is real the test waits.</summary>
    /// <param name="time">How much, as in "3 days"; not "never".</param>
    /// <exception cref="InvalidOperationException">Time is real, and it would take longer than <see cref="TestedAppOptions.LongestWait"/>.</exception>
    public abstract Task AdvanceAsync(Duration time);

    /// <summary>Lets time pass until an instant, and all that happens before. Where time is real the test waits.</summary>
    /// <param name="time">The instant; nothing happens where it has passed.</param>
    /// <exception cref="InvalidOperationException">Time is real, and it would take longer than <see cref="TestedAppOptions.LongestWait"/>.</exception>
    public Task AdvanceToAsync(DateTimeOffset time) => time > Now ? AdvanceAsync(time - Now) : Task.CompletedTask;

    /// <summary>Waits until the condition holds. Where time skips, it does whenever nothing else is left to do.</summary>
    /// <param name="condition">Looked at again and again.</param>
    /// <param name="limit">
    /// How much of the app's time may pass: by default an hour where it skips, and <see cref="TestedAppOptions.LongestWait"/>, which is the most, where it is
    /// real.
    /// </param>
    /// <exception cref="TimeoutException">It does not hold in that time.</exception>
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

    /// <summary>The run as it is.</summary>
    internal abstract Task<Run> GetAsync(string id);

    internal abstract Task<Run> CancelAsync(string id, CancelOptions options);

    internal abstract Task<Run> ExtendAsync(string id, Duration by);

    internal abstract Task<Run> RaiseEventAsync(string id, string name, object? payload);

    internal abstract Task<RunExplanation> ExplainAsync(string id);

    /// <summary>A run's history as text; null where nobody tells.</summary>
    internal abstract string? FindHistory(string id);

    internal abstract Task<Gate> GetGateAsync(string workflow, string key);

    /// <summary>Waits until the condition holds.</summary>
    /// <exception cref="TimeoutException">It does not hold in that time.</exception>
    internal abstract Task WaitAsync(Func<Task<bool>> condition, Duration? limit);

    /// <summary>Waits until the run has ended.</summary>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    internal abstract Task WaitForEndAsync(string id, Duration? limit);

    private async Task<TestedRun<TOutput>> StartNamedAsync<TOutput>(string workflow, object? input, StartOptions? options) =>
        new(this, (await StartRunAsync(workflow, input, options)).Id);
}
