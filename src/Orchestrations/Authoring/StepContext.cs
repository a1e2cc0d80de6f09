using System.Collections.Immutable;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>The call of a step: its token, its run and its progress.</summary>
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
    /// <see cref="OperationCanceledException"/> then. If the step returns a value instead, the value counts.
    /// </summary>
    public CancellationToken CancellationToken => _step.Token;

    /// <summary>Why <see cref="CancellationToken"/> fired; null until it fires.</summary>
    public StopReason? StopReason => _step.Reason;

    /// <summary>The run that the step belongs to.</summary>
    public string RunId => _step.Call.RunId;

    /// <summary>The run as gates know it, by which runs that had one id after the other are told apart.</summary>
    internal string Holder => new HolderId(RunId, _step.Call.Life, Step: null).ToString();

    /// <summary>The number of this attempt, from 1.</summary>
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

    /// <summary>Reports the step's progress, for people who look at the run. It is cheap: only the latest report is kept.</summary>
    /// <param name="fraction">The part that is done, from 0 to 1; a value outside is set to the nearer end.</param>
    /// <param name="message">A description; cut at 100 characters.</param>
    /// <returns>A task that completes when the report is stored.</returns>
    public Task ReportProgressAsync(double fraction, string? message = null)
    {
        _step.Report(new RunProgress(
            double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1), Excerpt.Shorten(message, MaxProgressLength)));
        return Task.CompletedTask;
    }

    /// <summary>
    /// Runs a program as a child process, for work that cannot observe a token. Its output goes to the log, line by line. When
    /// <see cref="CancellationToken"/> fires, the program and the processes that it has started are asked to end, and after
    /// <see cref="ProcessOptions.Notice"/> they are killed. None is left when the task completes, or when this process dies.
    /// </summary>
    /// <param name="options">The program, and how to run it.</param>
    /// <returns>Its result. An exit code other than 0 throws nothing here.</returns>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    /// <exception cref="OperationCanceledException">The step was told to stop, and the process has ended.</exception>
    /// <exception cref="ProcessException">It cannot be started.</exception>
    public Task<ProcessResult> RunProcessAsync(ProcessOptions options) => SupervisedProcess.RunAsync(options, Logger, CancellationToken);

    /// <summary>
    /// Gives the step and its run more time: it is added to what is left of this attempt's timeout, and of the run's execution timeout.
    /// Can be repeated.
    /// </summary>
    /// <param name="by">How much; "never" removes the timeouts.</param>
    /// <returns>A task that completes when the request is certain to reach the run.</returns>
    public async Task ExtendTimeoutAsync(Duration by)
    {
        await SendAsync(new RunMessage { Kind = RunMessageKind.Extend, By = by, Id = IdempotencyKey.Hash(null, nameof(RunMessageKind.Extend)) });
        _step.Extend(by);
    }

    /// <summary>
    /// Asks the step's run to stop, with the reason <see cref="StopReason.Self"/>. The step's own token fires too, unless it is shielded.
    /// </summary>
    /// <param name="message">The reason, in words; up to 200 characters are kept.</param>
    /// <returns>A task that completes when the request is certain to reach the run.</returns>
    public async Task CancelRunAsync(string? message = null)
    {
        StopReason reason = Preempt.StopReason.Self;
        await SendAsync(RunMessage.ForStop(new StopRequest { Reason = reason, RequestedAt = Time.GetUtcNow(), Message = message }));
        await _feed.TryPublishAsync(new StopNotice(RunId, reason, Life: _step.Call.Life), CancellationToken.None);
    }

    private Task SendAsync(RunMessage message) =>
        _client.RaiseEventAsync(RunId, RunMessage.EventName, message with { Life = _step.Call.Life }, CancellationToken.None);
}
