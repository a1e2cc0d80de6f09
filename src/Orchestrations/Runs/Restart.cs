using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>
/// A run that was restarted with the means of Durable Functions, past Preempt. The engine gives the new instance the input of the old one, with the old
/// time of acceptance. But it is a new run: it is accepted when it is restarted. So it continues as new, with an input that has the new time.
/// </summary>
internal static class Restart
{
    /// <summary>
    /// If the engine created the instance later than this after the start was scheduled, that was a restart. A run asks only if its first turn comes
    /// later than this: most come much sooner.
    /// </summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(5);

    /// <summary>The same for a run that its gate remembers.</summary>
    private static readonly TimeSpan LongestStartOfOneThatLeft = TimeSpan.FromMilliseconds(200);

    /// <summary>Called in a run's first turn.</summary>
    /// <returns>The request of the new run; null if the run was not restarted.</returns>
    public static async Task<RunRequest?> FindAsync(TaskOrchestrationContext context, RunRequest request)
    {
        if (request.RunId is not { } runId || request.ScheduledAt is not { } scheduledAt)
            return null;
        if (runId == context.InstanceId && context.CurrentUtcDateTime - scheduledAt.UtcDateTime <= LongestStart)
            return null;
        // Until the answer is there, readers must not see the record of the earlier run.
        context.SetCustomStatus(new RunRecord { Held = request.Held });
        return await AskAsync(context, request, hasLeft: false);
    }

    /// <summary>Called if the run's first gate remembers the run.</summary>
    /// <returns>The request of the new run; null if the run was not restarted.</returns>
    public static Task<RunRequest?> FindAfterLeaveAsync(TaskOrchestrationContext context, RunRequest request) =>
        request.RunId is null ? Task.FromResult<RunRequest?>(null) : AskAsync(context, request, hasLeft: true);

    private static async Task<RunRequest?> AskAsync(TaskOrchestrationContext context, RunRequest request, bool hasLeft)
    {
        RestartedRun? found = await context.CallEntityAsync<RestartedRun?>(
            ControlPlane.LooksOf(context.InstanceId), nameof(ControlPlane.FindRestart), new RestartQuestion(context.InstanceId, hasLeft));
        return found?.Renew(request, context.InstanceId, new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero));
    }

    /// <summary>Reads a run's instance.</summary>
    /// <returns>What is new; null if the run was not restarted.</returns>
    public static async Task<RestartedRun?> ReadAsync(RestartQuestion question, RunClients app, DurableTaskClient client, CancellationToken cancellationToken)
    {
        OrchestrationMetadata? instance = await client.GetInstanceAsync(question.InstanceId, getInputsAndOutputs: true, cancellationToken);
        if (instance is null || RunReader.ReadRequest(instance) is not { RunId: { } runId, ScheduledAt: { } scheduledAt } request)
            return null;
        bool hasOtherId = runId != question.InstanceId;
        if (!hasOtherId && instance.CreatedAt - scheduledAt <= (question.HasLeft ? LongestStartOfOneThatLeft : LongestStart))
            return null;
        if (hasOtherId)
            await RunRange.PointToAsync(client, question.InstanceId, request, cancellationToken);
        AppState state = await app.Mode.GetAsync(client, cancellationToken);
        return new(instance.CreatedAt, state.Mode != AppMode.Running, FixedZones.Of(request.EndWhen, instance.CreatedAt));
    }
}

/// <summary>A run that may have been restarted.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="HasLeft">Whether its gate remembers it.</param>
internal sealed record RestartQuestion(string InstanceId, bool HasLeft);

/// <summary>What is new in the request of a run that was restarted.</summary>
/// <param name="At">When it was restarted, UTC.</param>
/// <param name="Held">Whether the app drains.</param>
/// <param name="Zones">The data of the time zones in its end condition.</param>
internal sealed record RestartedRun(DateTimeOffset At, bool Held, FixedZones? Zones)
{
    /// <summary>
    /// The request of the new run. With another id no parent waits for it, and no idempotency key belongs to it. If the clocks of processes
    /// differ, a run that was not restarted can be taken for one that was. It has its own id and keeps everything but the time of acceptance.
    /// </summary>
    public RunRequest Renew(RunRequest request, string id, DateTimeOffset now)
    {
        RunRequest anew = request.Scheduled(id, now) with { QueuedAt = At, FormerLife = request.Life, Held = Held, Zones = Zones };
        return request.RunId == id ? anew : anew with { IsChild = false, Callers = [], ClaimId = null, Fingerprint = null };
    }
}
