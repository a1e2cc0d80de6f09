using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Preempt.Testing;

/// <summary>A run of an app under test, wherever the app runs. Each call says in its error what the run has done.</summary>
/// <typeparam name="TOutput">The workflow's output.</typeparam>
public sealed class TestedRun<TOutput>
{
    private readonly TestedApp _app;

    internal TestedRun(TestedApp app, string id)
    {
        _app = app;
        Id = id;
    }

    /// <summary>The run's id.</summary>
    public string Id { get; }

    /// <summary>Reads the run, without letting time pass.</summary>
    /// <returns>The run.</returns>
    public Task<Run> GetAsync() => _app.GetAsync(Id);

    /// <summary>Explains the state of the run in words.</summary>
    /// <returns>The sentences.</returns>
    public Task<RunExplanation> ExplainAsync() => _app.ExplainAsync(Id);

    /// <summary>
    /// What the run has done, in words: its state and why, its steps, and its history if the app runs in the test's process. For the message of a
    /// test that fails.
    /// </summary>
    /// <returns>The story.</returns>
    public async Task<string> TellAsync()
    {
        Run run = await GetAsync();
        StringBuilder story = new();
        story.AppendLine(CultureInfo.InvariantCulture, $"Run {Id} is {run.Status}, at {_app.Now:O}, in {_app.Place}.");
        story.AppendLine((await ExplainAsync()).Text);
        foreach (RunStep step in run.Steps)
        {
            string end = step.EndedAt is { } endedAt ? $"to {endedAt:O}" : "not ended";
            story.AppendLine(CultureInfo.InvariantCulture, $"  step {step.Number} {step.Name}, attempt {step.Attempt}: {step.Status}, {step.StartedAt:O} {end}");
        }

        return _app.FindHistory(Id) is { } history ? story.AppendLine("History:").Append(history).ToString() : story.ToString();
    }

    /// <summary>Waits until a condition holds for the run.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="limit">How much of the app's time may pass; by default as in <see cref="TestedApp.UntilAsync"/>.</param>
    /// <returns>The run, for which it holds.</returns>
    /// <exception cref="TimeoutException">It does not hold within that time, or the run has ended and it does not hold; the message has the run's story.</exception>
    public async Task<Run> UntilAsync(Func<Run, bool> condition, Duration? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        Run? run = null;
        bool holds = false;
        await WaitAsync(async () => (holds = condition(run = await GetAsync())) || run.Status.IsTerminal());
        return holds ? run! : throw new TimeoutException($"The run has ended, and the condition does not hold. {await TellAsync()}");

        async Task WaitAsync(Func<Task<bool>> isOver)
        {
            try
            {
                await _app.WaitAsync(isOver, limit);
            }
            catch (TimeoutException exception)
            {
                throw new TimeoutException($"{await TellAsync()}\n{exception.Message}", exception);
            }
        }
    }

    /// <summary>Waits until a step of the run is at work.</summary>
    /// <typeparam name="TStep">The step.</typeparam>
    /// <param name="limit">How much of the app's time may pass; by default as in <see cref="TestedApp.UntilAsync"/>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">No such step begins within that time.</exception>
    public Task<Run> UntilStepAsync<TStep>(Duration? limit = null)
        where TStep : Step
    {
        string name = StepRegistry.NameOf(typeof(TStep));
        return UntilAsync(run => run.Steps.Any(step => step.Name == name && step.Status == StepStatus.Running), limit);
    }

    /// <summary>Waits until the run has ended.</summary>
    /// <param name="limit">How much of the app's time may pass: 30 days by default, and where time is real <see cref="TestedAppOptions.LongestWait"/>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    public async Task<Run> EndAsync(Duration? limit = null)
    {
        try
        {
            await _app.WaitForEndAsync(Id, limit);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{await TellAsync()}\n{exception.Message}", exception);
        }

        return await GetAsync();
    }

    /// <summary>Waits until the run has ended, and checks its status.</summary>
    /// <param name="status">The expected status.</param>
    /// <param name="limit">As in <see cref="EndAsync"/>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended differently; the message is the run's story.</exception>
    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    public async Task<Run> EndAsAsync(RunStatus status, Duration? limit = null)
    {
        Run run = await EndAsync(limit);
        return run.Status == status ? run : throw new RunExpectationException($"The run was to end {status}, and is {run.Status}. {await TellAsync()}");
    }

    /// <summary>Waits until the run has succeeded.</summary>
    /// <param name="limit">As in <see cref="EndAsync"/>.</param>
    /// <returns>The result.</returns>
    /// <exception cref="RunExpectationException">It ended differently; the message is the run's story.</exception>
    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    public async Task<TOutput> ResultAsync(Duration? limit = null) =>
        (await EndAsAsync(RunStatus.Succeeded, limit)).Output is { } output ? output.Deserialize<TOutput>(Payload.Options)! : default!;

    /// <summary>Waits until the run has ended, and checks that a newer run superseded it.</summary>
    /// <param name="newer">The newer run.</param>
    /// <param name="limit">As in <see cref="EndAsync"/>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended differently; the message is the run's story.</exception>
    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    public async Task<Run> EndSupersededByAsync(TestedRun<TOutput> newer, Duration? limit = null)
    {
        ArgumentNullException.ThrowIfNull(newer);
        Run run = await EndAsAsync(RunStatus.Cancelled, limit);
        return run.Stop?.SupersededBy == newer.Id
            ? run
            : throw new RunExpectationException($"The run was to be superseded by {newer.Id}, and was stopped: {run.Stop}. {await TellAsync()}");
    }

    /// <summary>Asks the run to stop.</summary>
    /// <param name="message">The reason, in words.</param>
    /// <returns>The run, after the request.</returns>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    public Task<Run> CancelAsync(string? message = null) => _app.CancelAsync(Id, new CancelOptions(message));

    /// <summary>Gives the run more time: it is added to what is left of the execution timeout.</summary>
    /// <param name="by">How much; "never" removes the timeout.</param>
    /// <returns>The run, which has the time.</returns>
    /// <exception cref="RunConflictException">The run has ended, or stops already.</exception>
    public Task<Run> ExtendAsync(Duration by) => _app.ExtendAsync(Id, by);

    /// <summary>Sends the run an event.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">The payload; written as JSON.</param>
    /// <returns>The run, once it has the event.</returns>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    public Task<Run> RaiseEventAsync(string name, object? payload = null) => _app.RaiseEventAsync(Id, name, payload);
}
