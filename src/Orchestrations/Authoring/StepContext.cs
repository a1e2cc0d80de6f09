using System.Collections.Immutable;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>What a step's code knows of its call.</summary>
public sealed class StepContext
{
    /// <summary>The most characters of a progress message.</summary>
    internal const int MaxProgressLength = 100;

    private readonly ActiveStep _step;
    private readonly DurableTaskClient _client;
    private readonly ICancellationFeed _feed;

    internal StepContext(ActiveStep step, TimeProvider time, ILogger logger, DurableTaskClient client, ICancellationFeed feed)
    {
        _step = step;
        _client = client;
        _feed = feed;
        Time = time;
        Logger = logger;
    }

    /// <summary>
    /// Fires when the step is to stop: its run was stopped or superseded, its time is over, or the host shuts down. Throw
    /// <see cref="OperationCanceledException"/> then; what the step returns instead counts.
    /// </summary>
    public CancellationToken CancellationToken => _step.Token;

    /// <summary>Why <see cref="CancellationToken"/> fired; null while it has not.</summary>
    public StopReason? StopReason => _step.Reason;

    /// <summary>The run that the step belongs to.</summary>
    public string RunId => _step.Call.RunId;

    /// <summary>The run as gates know it, by which runs that had one id after the other are told apart.</summary>
    internal string Holder => new HolderId(RunId, _step.Call.Life, Step: null).ToString();

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt => _step.Call.Attempt;

    /// <summary>
    /// The fencing token of the first gate around the step, else of the run's first gate; null without any. It grows with every admission: a system that this step
    /// writes to can refuse a token smaller than one it has seen.
    /// </summary>
    public long? FencingToken => _step.Call.StepFencingTokens is [var own, ..] ? own : _step.Call.FencingTokens is [var first, ..] ? first : null;

    /// <summary>The fencing tokens of all of the run's gates, in the order of its rules.</summary>
    public ImmutableArray<long> FencingTokens => _step.Call.FencingTokens;

    /// <summary>The clock to use, so that a test host can skip time.</summary>
    public TimeProvider Time { get; }

    /// <summary>A logger named for the step.</summary>
    public ILogger Logger { get; }

    /// <summary>Says how far the step is, for whoever looks at the run. Cheap: only the latest is kept.</summary>
    /// <param name="fraction">From 0 to 1; outside it is cut.</param>
    /// <param name="message">In words; cut at 100 characters.</param>
    /// <returns>A task that completes when it is noted.</returns>
    public Task ReportProgressAsync(double fraction, string? message = null)
    {
        _step.Report(new RunProgress(
            double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1), Excerpt.Shorten(message, MaxProgressLength)));
        return Task.CompletedTask;
    }

    /// <summary>
    /// Runs a program as a child process, for work that cannot observe a token. Its output goes to the log, line by line. When
    /// <see cref="CancellationToken"/> fires, it and all that it has started are asked to end, and after
    /// <see cref="ProcessOptions.Notice"/> are killed. Nothing of it is left when the task completes, or when this process dies.
    /// </summary>
    /// <param name="options">The program, and how to run it.</param>
    /// <returns>How it ended by itself; an exit code other than 0 is no error here.</returns>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    /// <exception cref="OperationCanceledException">The step was told to stop, and the process is gone.</exception>
    /// <exception cref="ProcessException">It cannot be started.</exception>
    public Task<ProcessResult> RunProcessAsync(ProcessOptions options) => SupervisedProcess.RunAsync(options, Logger, CancellationToken);

    /// <summary>
    /// Gives the step and its run more time: what is left of this attempt's timeout, and of the run's execution timeout, grows by so
    /// much. May be repeated.
    /// </summary>
    /// <param name="by">How much; "never" takes the timeouts away.</param>
    /// <returns>A task that completes when the run will hear of it.</returns>
    public async Task ExtendTimeoutAsync(Duration by)
    {
        await SendAsync(new RunMessage { Kind = RunMessageKind.Extend, By = by, Id = IdempotencyKey.Hash(null, nameof(RunMessageKind.Extend)) });
        _step.Extend(by);
    }

    /// <summary>
    /// Asks the step's run to stop, reason <see cref="StopReason.Self"/>. The step's own token fires too, unless it is shielded.
    /// </summary>
    /// <param name="message">Why, in words; kept up to 200 characters.</param>
    /// <returns>A task that completes when the run will hear of it.</returns>
    public async Task CancelRunAsync(string? message = null)
    {
        StopReason reason = Preempt.StopReason.Self;
        await SendAsync(RunMessage.ForStop(new StopRequest { Reason = reason, RequestedAt = Time.GetUtcNow(), Message = message }));
        await _feed.TryPublishAsync(new StopNotice(RunId, reason, Life: _step.Call.Life), CancellationToken.None);
    }

    private Task SendAsync(RunMessage message) =>
        _client.RaiseEventAsync(RunId, RunMessage.EventName, message with { Life = _step.Call.Life }, CancellationToken.None);
}
