using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Preempt.Testing;

/// <summary>A run in a test host. Each call says in its error what the run has done.</summary>
/// <typeparam name="TOutput">What its workflow returns.</typeparam>
public sealed class TestRun<TOutput>
{
    private readonly PreemptTestHost _host;

    internal TestRun(PreemptTestHost host, string id)
    {
        _host = host;
        Id = id;
    }

    /// <summary>The run's id.</summary>
    public string Id { get; }

    /// <summary>
    /// What the run has done, in words: why it is where it is, its steps, and its history. For the message of a test that fails.
    /// </summary>
    public string Story
    {
        get
        {
            Run run = Get();
            StringBuilder story = new();
            story.AppendLine(CultureInfo.InvariantCulture, $"Run {Id} is {run.Status}, at {_host.Now:O}.");
            story.AppendLine(_host.Host.Run(() => _host.Runs.ExplainAsync(Id)).Text);
            foreach (RunStep step in run.Steps)
            {
                string end = step.EndedAt is { } endedAt ? $"to {endedAt:O}" : "not ended";
                story.AppendLine(CultureInfo.InvariantCulture, $"  step {step.Number} {step.Name}, attempt {step.Attempt}: {step.Status}, {step.StartedAt:O} {end}");
            }

            return story.AppendLine("History:").Append(_host.Host.DumpHistory(Id)).ToString();
        }
    }

    /// <summary>The run as it is, without letting time pass.</summary>
    /// <returns>The run.</returns>
    public Run Get() => _host.Host.Run(() => _host.Runs.GetAsync(Id));

    /// <summary>Runs until something can be said of the run, and skips time whenever nothing else is left to do.</summary>
    /// <param name="condition">What is to hold.</param>
    /// <param name="limit">How much time may pass; an hour by default.</param>
    /// <returns>The run, of which it holds.</returns>
    /// <exception cref="TimeoutException">It does not hold in that time, or the run has ended and it does not hold.</exception>
    public Run Until(Func<Run, bool> condition, Duration? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        Run? run = null;
        try
        {
            _host.Host.RunUntil(() => condition(run = Get()) || run.Status.IsTerminal(), limit?.Value);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{Story}\n{exception.Message}", exception);
        }

        return condition(run!) ? run! : throw new TimeoutException($"The run has ended, and the condition does not hold. {Story}");
    }

    /// <summary>Runs until a step of the run is at work.</summary>
    /// <typeparam name="TStep">The step.</typeparam>
    /// <param name="limit">How much time may pass; an hour by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">No such step begins in that time.</exception>
    public Run UntilStep<TStep>(Duration? limit = null)
        where TStep : Step
    {
        string name = StepRegistry.NameOf(typeof(TStep));
        return Until(run => run.Steps.Any(step => step.Name == name && step.Status == StepStatus.Running), limit);
    }

    /// <summary>Runs until the run has ended.</summary>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public Run End(Duration? limit = null)
    {
        TimeSpan most = limit?.Value ?? TimeSpan.FromDays(30);
        try
        {
            _host.Host.RunUntil(HasEnded, most);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{Story}\n{exception.Message}", exception);
        }

        return Get();
    }

    /// <summary>Runs until the run has ended, and says that it ended so.</summary>
    /// <param name="status">How it is to end.</param>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public Run EndAs(RunStatus status, Duration? limit = null)
    {
        Run run = End(limit);
        return run.Status == status ? run : throw new RunExpectationException($"The run was to end {status}, and is {run.Status}. {Story}");
    }

    /// <summary>Runs until the run has succeeded.</summary>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>What it returned.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public TOutput Result(Duration? limit = null) =>
        EndAs(RunStatus.Succeeded, limit).Output is { } output ? output.Deserialize<TOutput>(Payload.Options)! : default!;

    /// <summary>Says that the run has ended in favour of another.</summary>
    /// <param name="newer">The run that took its place.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    public Run EndSupersededBy(TestRun<TOutput> newer)
    {
        ArgumentNullException.ThrowIfNull(newer);
        Run run = EndAs(RunStatus.Cancelled);
        return run.Stop?.SupersededBy == newer.Id
            ? run
            : throw new RunExpectationException($"The run was to be superseded by {newer.Id}, and was stopped: {run.Stop}. {Story}");
    }

    /// <summary>Asks the run to stop.</summary>
    /// <param name="message">Why, in words.</param>
    /// <returns>The run, asked.</returns>
    public Run Cancel(string? message = null) => _host.Host.Run(() => _host.Runs.CancelAsync(Id, new CancelOptions(message)));

    /// <summary>Sends the run an event.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">What comes with it; JSON.</param>
    /// <returns>The run, once it has the event.</returns>
    public Run RaiseEvent(string name, object? payload = null) => _host.Host.Run(() => _host.Runs.RaiseEventAsync(Id, name, payload));

    private bool HasEnded() =>
        _host.Host.Client.GetInstanceAsync(Id, CancellationToken.None).GetAwaiter().GetResult() is { IsCompleted: true };
}
