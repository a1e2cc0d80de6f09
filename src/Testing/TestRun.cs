namespace Preempt.Testing;

/// <summary>A run in a test host: <see cref="TestedRun{TOutput}"/> without waiting, because the host does its work while the test asks.</summary>
/// <typeparam name="TOutput">What its workflow returns.</typeparam>
public sealed class TestRun<TOutput>
{
    private readonly TestedRun<TOutput> _run;

    internal TestRun(TestedRun<TOutput> run) => _run = run;

    /// <summary>The run's id.</summary>
    public string Id => _run.Id;

    /// <summary>
    /// What the run has done, in words: why it is where it is, its steps, and its history. For the message of a test that fails.
    /// </summary>
    public string Story => Done(_run.TellAsync());

    /// <summary>The run as it is, without letting time pass.</summary>
    /// <returns>The run.</returns>
    public Run Get() => Done(_run.GetAsync());

    /// <summary>Runs until something can be said of the run, and skips time whenever nothing else is left to do.</summary>
    /// <param name="condition">What is to hold.</param>
    /// <param name="limit">How much time may pass; an hour by default.</param>
    /// <returns>The run, of which it holds.</returns>
    /// <exception cref="TimeoutException">It does not hold in that time, or the run has ended and it does not hold.</exception>
    public Run Until(Func<Run, bool> condition, Duration? limit = null) => Done(_run.UntilAsync(condition, limit));

    /// <summary>Runs until a step of the run is at work.</summary>
    /// <typeparam name="TStep">The step.</typeparam>
    /// <param name="limit">How much time may pass; an hour by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">No such step begins in that time.</exception>
    public Run UntilStep<TStep>(Duration? limit = null)
        where TStep : Step => Done(_run.UntilStepAsync<TStep>(limit));

    /// <summary>Runs until the run has ended.</summary>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public Run End(Duration? limit = null) => Done(_run.EndAsync(limit));

    /// <summary>Runs until the run has ended, and says that it ended so.</summary>
    /// <param name="status">How it is to end.</param>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public Run EndAs(RunStatus status, Duration? limit = null) => Done(_run.EndAsAsync(status, limit));

    /// <summary>Runs until the run has succeeded.</summary>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>What it returned.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    /// <exception cref="TimeoutException">It has not ended in that time.</exception>
    public TOutput Result(Duration? limit = null) => Done(_run.ResultAsync(limit));

    /// <summary>Says that the run has ended in favour of another.</summary>
    /// <param name="newer">The run that took its place.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended otherwise; the message is its story.</exception>
    public Run EndSupersededBy(TestRun<TOutput> newer)
    {
        ArgumentNullException.ThrowIfNull(newer);
        return Done(_run.EndSupersededByAsync(newer._run));
    }

    /// <summary>Asks the run to stop.</summary>
    /// <param name="message">Why, in words.</param>
    /// <returns>The run, asked.</returns>
    public Run Cancel(string? message = null) => Done(_run.CancelAsync(message));

    /// <summary>Gives the run more time: what is left of its execution timeout grows by so much.</summary>
    /// <param name="by">How much; "never" takes the timeout away.</param>
    /// <returns>The run, which has it.</returns>
    public Run Extend(Duration by) => Done(_run.ExtendAsync(by));

    /// <summary>Sends the run an event.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">What comes with it; JSON.</param>
    /// <returns>The run, once it has the event.</returns>
    public Run RaiseEvent(string name, object? payload = null) => Done(_run.RaiseEventAsync(name, payload));

    /// <summary>What a call of an app in memory gave: it has done its work when it returns.</summary>
    private static T Done<T>(Task<T> call) => call.GetAwaiter().GetResult();
}
