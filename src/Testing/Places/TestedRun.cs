using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Preempt.Testing;

/// <summary>A run of an app under test, wherever the app runs. Each call says in its error what the run has done.</summary>
/// <typeparam name="TOutput">What its workflow returns.</typeparam>
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

    /// <summary>The run as it is, without letting time pass.</summary>
    /// <returns>The run.</returns>
    public Task<Run> GetAsync() => _app.GetAsync(Id);

    /// <summary>How the run got where it is, in words for people.</summary>
    /// <returns>The sentences.</returns>
    public Task<RunExplanation> ExplainAsync() => _app.ExplainAsync(Id);

    /// <summary>
    /// What the run has done, in words: why it is where it is, its steps, and its history where the app runs in the test's process. For the message of a
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

    /// <summary>Waits until something can be said of the run.</summary>
    /// <param name="condition">What is to hold.</param>
    /// <param name="limit">How much of the app's time may pass; by default as in <see cref="TestedApp.UntilAsync"/>.</param>
    /// <returns>The run, of which it holds.</returns>
    /// <exception cref="TimeoutException">It does not hold in that time, or the run has ended and it does not hold; the message has the run's story.</exception>
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
    /// <exception cref="TimeoutException">No such step begins in that time.</exception>
    public Task<Run> UntilStepAsync<TStep>(Duration? limit = null)
        where TStep : Step
    {
        string name = StepRegistry.NameOf(typeof(TStep));
        return UntilAsync(run => run.Steps.Any(step => step.Name == name && step.Status == StepStatus.Running), limit);
    }

    /// <summary>Waits until the run has ended.</summary>
    /// <param name="limit">How much of the app's time may pass: 30 days by default, and where time is real <see cref="TestedAppOptions.LongestWait"/>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
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

    /// <summary>Waits until the run has ended, and says that it ended so.</summary>
    /// <param name="status">How it is to end.</param>
    /// <param name="limit">As in <see cref="EndAsync"/>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public async Task<Run> EndAsAsync(RunStatus status, Duration? limit = null)
    {
        Run run = await EndAsync(limit);
        return run.Status == status ? run : throw new RunExpectationException($"The run was to end {status}, and is {run.Status}. {await TellAsync()}");
    }

    /// <summary>Waits until the run has succeeded.</summary>
    /// <param name="limit">As in <see cref="EndAsync"/>.</param>
    /// <returns>What it returned.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public async Task<TOutput> ResultAsync(Duration? limit = null) =>
        (await EndAsAsync(RunStatus.Succeeded, limit)).Output is { } output ? output.Deserialize<TOutput>(Payload.Options)! : default!;

    /// <summary>Waits until the run has ended, and says that it did in favour of another.</summary>
    /// <param name="newer">The run that took its place.</param>
    /// <param name="limit">As in <see cref="EndAsync"/>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public async Task<Run> EndSupersededByAsync(TestedRun<TOutput> newer, Duration? limit = null)
    {
        ArgumentNullException.ThrowIfNull(newer);
        Run run = await EndAsAsync(RunStatus.Cancelled, limit);
        return run.Stop?.SupersededBy == newer.Id
            ? run
            : throw new RunExpectationException($"The run was to be superseded by {newer.Id}, and was stopped: {run.Stop}. {await TellAsync()}");
    }

    /// <summary>Asks the run to stop.</summary>
    /// <param name="message">Why, in words.</param>
    /// <returns>The run, asked.</returns>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    public Task<Run> CancelAsync(string? message = null) => _app.CancelAsync(Id, new CancelOptions(message));

    /// <summary>Gives the run more time: what is left of its execution timeout grows by so much.</summary>
    /// <param name="by">How much; "never" takes the timeout away.</param>
    /// <returns>The run, which has it.</returns>
    /// <exception cref="RunConflictException">The run has ended, or stops already.</exception>
    public Task<Run> ExtendAsync(Duration by) => _app.ExtendAsync(Id, by);

    /// <summary>Sends the run an event.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">What comes with it; JSON.</param>
    /// <returns>The run, once it has the event.</returns>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    public Task<Run> RaiseEventAsync(string name, object? payload = null) => _app.RaiseEventAsync(Id, name, payload);
}
