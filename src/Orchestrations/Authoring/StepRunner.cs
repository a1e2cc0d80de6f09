using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>Runs steps inside activity functions, and the activities that runs need for themselves.</summary>
public sealed class StepRunner
{
    private readonly ActiveSteps _steps;
    private readonly ICancellationFeed _feed;
    private readonly TimeProvider _time;
    private readonly AppModeReader _mode;
    private readonly ILoggerFactory _loggers;

    internal StepRunner(ActiveSteps steps, ICancellationFeed feed, TimeProvider time, AppModeReader mode, ILoggerFactory loggers)
    {
        _mode = mode;
        _steps = steps;
        _feed = feed;
        _time = time;
        _loggers = loggers;
    }

    /// <summary>Runs a step. The body of its activity function.</summary>
    /// <typeparam name="TStep">The step's class.</typeparam>
    /// <param name="call">The activity's input.</param>
    /// <param name="function">The activity's invocation.</param>
    /// <returns>How the step ended; what its code throws is in it.</returns>
    /// <exception cref="OperationCanceledException">The host shuts down; the platform runs the step again.</exception>
    public Task<StepOutcome> RunAsync<TStep>(StepCall call, FunctionContext function)
        where TStep : Step =>
        RunAsync<TStep>(call, function, null);

    /// <summary>Runs a step that may extend or cancel its run. The body of its activity function.</summary>
    /// <typeparam name="TStep">The step's class.</typeparam>
    /// <param name="call">The activity's input.</param>
    /// <param name="function">The activity's invocation.</param>
    /// <param name="client">
    /// The activity's client, a parameter with <c>[DurableClient]</c>: the step speaks to its run through it.
    /// </param>
    /// <returns>How the step ended; what its code throws is in it.</returns>
    /// <exception cref="OperationCanceledException">The host shuts down; the platform runs the step again.</exception>
    public async Task<StepOutcome> RunAsync<TStep>(StepCall call, FunctionContext function, DurableTaskClient? client)
        where TStep : Step
    {
        DateTimeOffset startedAt = _time.GetUtcNow();
        using ActiveStep active = _steps.Enter(call, function.CancellationToken);
        active.StopAfter(call.Timeout, _time);
        using Activity? activity = StepTelemetry.Begin(call);
        using CancellationTokenRegistration stopped = active.Reason is null ? active.Token.Register(() => Measure(active)) : default;
        StepOutcome outcome = new() { Status = StepStatus.Succeeded, StartedAt = startedAt, EndedAt = startedAt };
        try
        {
            // A step whose run was stopped before it began does not begin.
            active.Token.ThrowIfCancellationRequested();
            if (active.Reason is not null)
                throw new OperationCanceledException(active.Token);
            TStep step = ActivatorUtilities.GetServiceOrCreateInstance<TStep>(function.InstanceServices);
            StepContext context = new(active, _time, _loggers.CreateLogger<TStep>(), client, _feed);
            outcome = outcome with { Output = await step.InvokeAsync(context, call.Input) };
        }
        catch (OperationCanceledException) when (active.Reason is { } reason)
        {
            if (active.IsHostStopping)
                throw;
            outcome = outcome with { Status = reason == StopReason.Timeout ? StepStatus.TimedOut : StepStatus.Cancelled };
        }
#pragma warning disable CA1031 // Whatever a step throws is its workflow's to see, as data.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            outcome = outcome with { Status = StepStatus.Failed, Error = RunErrors.From(exception) };
        }

        outcome = outcome with { EndedAt = _time.GetUtcNow(), StopReason = active.Reason, Progress = active.Progress };
        StepTelemetry.End(activity, call, outcome);
        return outcome;
    }

    private void Measure(ActiveStep step)
    {
        if (step is { Reason: { } reason, StopRequestedAt: { } requestedAt })
            StepTelemetry.Stopped(step.Call, reason, requestedAt, _time.GetUtcNow());
    }

    /// <summary>Tells a run's steps to stop. The body of the activity function <see cref="PreemptFunctions.PublishStop"/>.</summary>
    /// <param name="notice">The activity's input.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>A task that completes when the notice is sent.</returns>
    public Task PublishStopAsync(StopNotice notice, CancellationToken cancellationToken) => _feed.PublishAsync(notice, cancellationToken);

    /// <summary>
    /// Finds out which runs have ended, or are gone. The body of the activity function <see cref="PreemptFunctions.FindEnded"/>.
    /// </summary>
    /// <param name="request">The activity's input.</param>
    /// <param name="client">The activity's client.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>Those that do not live.</returns>
    public static async Task<ImmutableArray<string>> FindEndedAsync(
        FindEndedRequest request, DurableTaskClient client, CancellationToken cancellationToken)
    {
        ImmutableArray<string>.Builder ended = ImmutableArray.CreateBuilder<string>();
        foreach (IGrouping<string, string> holders in request.RunIds.GroupBy(holder => HolderId.Parse(holder).RunId))
        {
            OrchestrationMetadata? instance = await client.GetInstanceAsync(holders.Key, cancellationToken);
            if (instance is null or { IsCompleted: true })
                ended.AddRange(holders);
        }

        return ended.ToImmutable();
    }

    /// <summary>
    /// Starts a run for another, unless it has been started. The body of the activity function <see cref="PreemptFunctions.StartRun"/>.
    /// </summary>
    /// <param name="start">The activity's input.</param>
    /// <param name="client">The activity's client.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>A task that completes when the run is accepted.</returns>
    public async Task StartRunAsync(ChildStart start, DurableTaskClient client, CancellationToken cancellationToken)
    {
        AppState state = await _mode.GetAsync(client, cancellationToken);
        RunRequest request = start.Request with { Held = state.Mode != AppMode.Running };
        await RunStart.TryScheduleAsync(client, start.Function, start.RunId, request, cancellationToken);
    }

    /// <summary>
    /// Tells a page of the live runs of the app's mode. The body of the activity function <see cref="PreemptFunctions.ApplyModePage"/>.
    /// </summary>
    /// <param name="page">The activity's input.</param>
    /// <param name="client">The activity's client.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>What it found, and where the page ended.</returns>
    public Task<ModePageResult> ApplyModeAsync(ModePage page, DurableTaskClient client, CancellationToken cancellationToken) =>
        ModeApplication.ApplyAsync(page, client, _time, _feed, cancellationToken);

    /// <summary>
    /// Reads how a run has ended that did not end by itself. The body of the activity function <see cref="PreemptFunctions.ReadOutcome"/>.
    /// </summary>
    /// <param name="runId">The activity's input.</param>
    /// <param name="client">The activity's client.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>The outcome; null when the run is gone.</returns>
    public static async Task<RunOutcome?> ReadOutcomeAsync(string runId, DurableTaskClient client, CancellationToken cancellationToken)
    {
        OrchestrationMetadata? instance = await client.GetInstanceAsync(runId, getInputsAndOutputs: true, cancellationToken);
        return instance is null ? null : RunReader.ReadOutcome(instance);
    }

    /// <summary>
    /// Deletes a run that has ended, and what is left of earlier deletions. The body of the activity function
    /// <see cref="PreemptFunctions.PurgeRun"/>.
    /// </summary>
    /// <param name="runId">The activity's input.</param>
    /// <param name="client">The activity's client.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>Whether the run is gone; false when it has not ended.</returns>
    public static async Task<bool> PurgeRunAsync(string runId, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await client.GetInstanceAsync(runId, cancellationToken) is { } instance)
        {
            if (!instance.IsCompleted)
                return false;
            await client.PurgeInstanceAsync(runId, cancellation: cancellationToken);
        }

        await RunDeletion.CleanUpAsync(client, cancellationToken);
        return true;
    }

    /// <summary>
    /// Ends a run whose steps do not end: tells them a last time, then terminates the run's instance with its outcome. The body of
    /// the activity function <see cref="PreemptFunctions.EndRun"/>.
    /// </summary>
    /// <param name="end">The activity's input.</param>
    /// <param name="client">The activity's client.</param>
    /// <param name="cancellationToken">Fires when the host shuts down.</param>
    /// <returns>A task that completes when the instance is told.</returns>
    public async Task EndRunAsync(ForcedEnd end, DurableTaskClient client, CancellationToken cancellationToken)
    {
        StopReason reason = end.Outcome.Record.Stop?.Reason ?? StopReason.Self;
        await _feed.TryPublishAsync(new StopNotice(end.RunId, reason, Force: true), cancellationToken);
        await client.TerminateInstanceAsync(end.RunId, new TerminateInstanceOptions(end.Outcome), cancellationToken);
    }
}

/// <summary>The input of the activity that ends a run by force.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Outcome">What its output becomes.</param>
public sealed record ForcedEnd(string RunId, RunOutcome Outcome);

/// <summary>The input of the activity that finds out which runs have ended.</summary>
/// <param name="RunIds">The runs to look at; a step that holds a gate of its own is <c>{run}#{step}</c>.</param>
public sealed record FindEndedRequest(ImmutableArray<string> RunIds);
