using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// A run that somebody has started again with the platform's own restart, past Preempt: the engine gives the new instance the input of the old one,
/// and so its time of acceptance. It is a new run: it is accepted when it was restarted, and begins again with an input that says so.
/// </summary>
internal static class Restart
{
    /// <summary>How long after it was scheduled a run may have its first turn without being asked about: most have it in a fraction of that.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    /// <summary>An instance that was made later than this after it was scheduled was made again.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(5);

    /// <summary>The same of a run that a gate has seen leave.</summary>
    private static readonly TimeSpan LongestStartOfOneThatLeft = TimeSpan.FromSeconds(1);

    /// <summary>Asked in a run's first turn.</summary>
    /// <returns>What the new run is started with; null where the run is the one that was accepted.</returns>
    public static async Task<RunRequest?> FindAsync(TaskOrchestrationContext context, RunRequest request)
    {
        if (request.RunId is not { } runId || request.ScheduledAt is not { } scheduledAt)
            return null;
        if (runId == context.InstanceId && context.CurrentUtcDateTime - scheduledAt.UtcDateTime <= Slow)
            return null;
        // Whoever looks meanwhile must not see how an earlier run has ended.
        context.SetCustomStatus(new RunRecord { Held = request.Held });
        return await AskAsync(context, request, hasLeft: false);
    }

    /// <summary>Asked by a run that its first gate says it has seen leave.</summary>
    /// <returns>What the new run is started with; null where the run is the one that was accepted.</returns>
    public static Task<RunRequest?> FindAfterLeaveAsync(TaskOrchestrationContext context, RunRequest request) =>
        request.RunId is null ? Task.FromResult<RunRequest?>(null) : AskAsync(context, request, hasLeft: true);

    private static async Task<RunRequest?> AskAsync(TaskOrchestrationContext context, RunRequest request, bool hasLeft)
    {
        const int MaxAttempts = 3;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                RestartedRun? found = await context.CallEntityAsync<RestartedRun?>(
                    ControlPlane.LooksOf(context.InstanceId), nameof(ControlPlane.FindRestart), new RestartQuestion(context.InstanceId, hasLeft));
                return found?.Renew(request, context.InstanceId, new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero));
            }
            catch (EntityOperationFailedException exception) when (attempt < MaxAttempts)
            {
                context.CreateReplaySafeLogger(nameof(Restart)).LogInformation(exception, "Run {Run} asks again whether it was restarted", context.InstanceId);
            }
        }
    }

    /// <summary>Looks at a run's instance.</summary>
    /// <returns>What is new of a run that was restarted; null of one that was not.</returns>
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
/// <param name="HasLeft">Whether a gate has seen it leave.</param>
internal sealed record RestartQuestion(string InstanceId, bool HasLeft);

/// <summary>What is new of a run that was restarted.</summary>
/// <param name="At">When it was restarted, UTC.</param>
/// <param name="Held">Whether the app drains.</param>
/// <param name="Zones">What is known of the time zones of its end condition.</param>
internal sealed record RestartedRun(DateTimeOffset At, bool Held, FixedZones? Zones)
{
    /// <summary>
    /// What the new run is started with. Under another id nobody waits for it, and no idempotency key belongs to it. Where the clocks of processes
    /// differ a run can be taken for one that was restarted: under its own id it stays what it is, accepted when the engine took it in.
    /// </summary>
    public RunRequest Renew(RunRequest request, string id, DateTimeOffset now) => request with
    {
        RunId = id,
        QueuedAt = At,
        ScheduledAt = now,
        FormerLife = request.Life,
        Held = Held,
        Zones = Zones,
        IsChild = request.IsChild && request.RunId == id,
        Callers = request.RunId == id ? request.Callers : [],
        ClaimId = request.RunId == id ? request.ClaimId : null,
        Fingerprint = request.RunId == id ? request.Fingerprint : null,
    };
}
