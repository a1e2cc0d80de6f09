namespace Preempt.Testing;

/// <summary>A run in a test host: <see cref="TestedRun{TOutput}"/> with synchronous calls: the host does its work during the call.</summary>
/// <typeparam name="TOutput">The workflow's output.</typeparam>
public sealed class TestRun<TOutput>
{
    private readonly TestedRun<TOutput> _run;

    internal TestRun(TestedRun<TOutput> run) => _run = run;

    /// <summary>The run's id.</summary>
    public string Id => _run.Id;

    /// <summary>
    /// What the run has done, in words: its state and why, its steps, and its history. For the message of a test that fails.
    /// </summary>
    public string Story => Done(_run.TellAsync());

    /// <summary>Reads the run, without letting time pass.</summary>
    /// <returns>The run.</returns>
    public Run Get() => Done(_run.GetAsync());

    /// <summary>Runs until a condition holds for the run, and skips time when there is nothing else to do.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="limit">How much time may pass; an hour by default.</param>
    /// <returns>The run, for which it holds.</returns>
    /// <exception cref="TimeoutException">It does not hold within that time, or the run has ended and it does not hold.</exception>
    public Run Until(Func<Run, bool> condition, Duration? limit = null) => Done(_run.UntilAsync(condition, limit));

    /// <summary>Runs until a step of the run is at work.</summary>
    /// <typeparam name="TStep">The step.</typeparam>
    /// <param name="limit">How much time may pass; an hour by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">No such step begins within that time.</exception>
    public Run UntilStep<TStep>(Duration? limit = null)
        where TStep : Step => Done(_run.UntilStepAsync<TStep>(limit));

    /// <summary>Runs until the run has ended.</summary>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    public Run End(Duration? limit = null) => Done(_run.EndAsync(limit));

    /// <summary>Runs until the run has ended, and checks its status.</summary>
    /// <param name="status">The expected status.</param>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended differently; the message is the run's story.</exception>
    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    public Run EndAs(RunStatus status, Duration? limit = null) => Done(_run.EndAsAsync(status, limit));

    /// <summary>Runs until the run has succeeded.</summary>
    /// <param name="limit">How much time may pass; 30 days by default.</param>
    /// <returns>The result.</returns>
    /// <exception cref="RunExpectationException">It ended differently; the message is the run's story.</exception>
    /// <exception cref="TimeoutException">It has not ended within that time.</exception>
    public TOutput Result(Duration? limit = null) => Done(_run.ResultAsync(limit));

    /// <summary>Waits until the run has ended, and checks that a newer run superseded it.</summary>
    /// <param name="newer">The newer run.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunExpectationException">It ended differently; the message is the run's story.</exception>
    public Run EndSupersededBy(TestRun<TOutput> newer)
    {
        ArgumentNullException.ThrowIfNull(newer);
        return Done(_run.EndSupersededByAsync(newer._run));
    }

    /// <summary>Asks the run to stop.</summary>
    /// <param name="message">The reason, in words.</param>
    /// <returns>The run, after the request.</returns>
    public Run Cancel(string? message = null) => Done(_run.CancelAsync(message));

    /// <summary>Gives the run more time: it is added to what is left of the execution timeout.</summary>
    /// <param name="by">How much; "never" removes the timeout.</param>
    /// <returns>The run, which has the time.</returns>
    public Run Extend(Duration by) => Done(_run.ExtendAsync(by));

    /// <summary>Sends the run an event.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">The payload; written as JSON.</param>
    /// <returns>The run, once it has the event.</returns>
    public Run RaiseEvent(string name, object? payload = null) => Done(_run.RaiseEventAsync(name, payload));

    /// <summary>What a call of an app in memory gave: it has done its work when it returns.</summary>
    private static T Done<T>(Task<T> call) => call.GetAwaiter().GetResult();
}
