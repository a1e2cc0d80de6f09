using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>The activity that runs steps.</summary>
internal sealed class StepRunner(
    WorkflowRegistry registry,
    ActiveSteps steps,
    GateBooks books,
    ICancellationFeed feed,
    PreemptOptions options,
    TimeProvider time,
    ILoggerFactory loggers,
    IStepFaults? faults = null)
{
    /// <summary>Runs the step that the call names.</summary>
    /// <returns>How the step ended; what its code throws is in it.</returns>
    /// <exception cref="OperationCanceledException">The host shuts down; the platform runs the step again.</exception>
    public async Task<StepOutcome> RunAsync(StepCall call, FunctionContext function, DurableTaskClient client)
    {
        DateTimeOffset startedAt = time.GetUtcNow();
        using ShutdownToken? later = call.Shielded && options.ShieldedShutdown > TimeSpan.Zero
            ? new ShutdownToken(options.ShieldedShutdown, time, function.CancellationToken)
            : null;
        using ActiveStep active = steps.Enter(call, later?.Token ?? function.CancellationToken, Measure);
        using Activity? activity = StepTelemetry.Begin(call);
        StepOutcome outcome = new() { Status = StepStatus.Succeeded, StartedAt = startedAt, EndedAt = startedAt };
        try
        {
            // A step whose run was stopped before it began does not begin.
            active.Token.ThrowIfCancellationRequested();
            if (active.Reason is not null)
                throw new OperationCanceledException(active.Token);
            if (!await books.HaveAsync(call.Slots, client, active.Token))
                return outcome with { Status = StepStatus.Cancelled, IsInBooks = false };
            outcome = outcome with { IsInBooks = true, StartedAt = time.GetUtcNow() };
            active.StopAfter(call.Timeout, time);
            if (faults?.TakeFailure(call) is { } failure)
                throw failure;
            Type type = Find(call);
            Step step = (Step)ActivatorUtilities.GetServiceOrCreateInstance(function.InstanceServices, type);
            StepContext context = new(active, time, loggers.CreateLogger(type), client, feed);
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

        if (faults?.TakeDeath(call) is { } death)
            throw death;
        await books.GiveBackAsync(active.GivesBack, client);
        // A step that ends while its host shuts down has ended: nobody has asked its run to stop.
        bool isAskedToStop = active is { Reason: not null, IsHostStopping: false };
        outcome = outcome with
        {
            EndedAt = time.GetUtcNow(),
            StopReason = isAskedToStop ? active.Reason : null,
            StopHeardAt = isAskedToStop ? active.StopHeardAt : null,
            Progress = active.Progress,
        };
        StepTelemetry.End(activity, call, outcome, registry.Traced);
        return outcome;
    }

    /// <exception cref="InvalidOperationException">The app has no such step.</exception>
    private Type Find(StepCall call) => registry.Steps.TryGet(call, out Type? type)
        ? type
        : throw new InvalidOperationException(
            $"This app has no step named '{call.Name}' of class '{call.Class}': register it with AddStep, or its assembly with AddWorkflowsFrom.");

    private void Measure(ActiveStep step)
    {
        DateTimeOffset now = time.GetUtcNow();
        step.StopHeardAt = now;
        if (step is { Reason: { } reason, StopRequestedAt: { } requestedAt })
            StepTelemetry.Stopped(step.Call, reason, requestedAt, now);
    }
}
