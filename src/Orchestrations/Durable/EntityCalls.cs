using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>Calls of entities by orchestrations.</summary>
internal static class EntityCalls
{
    /// <summary>Tries of one call: with the pauses between them, about a minute.</summary>
    private const int MaxAttempts = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Calls an entity until it has answered. An entity whose worker dies fails whatever it was asked meanwhile, and its state is what it was
    /// before: so it is asked again, at once and then after ever longer pauses.
    /// </summary>
    /// <param name="context">The orchestration that calls.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="operation">What it is asked for: something that may be done twice.</param>
    /// <param name="input">What the operation is given.</param>
    /// <param name="attempts">How often it is asked at most; the default takes about a minute, and each more half a minute.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="EntityOperationFailedException">It fails again and again.</exception>
    public static async Task<T> CallEntityAsync<T>(
        this TaskOrchestrationContext context, EntityInstanceId entity, string operation, object? input = null, int attempts = MaxAttempts)
    {
        GrowingPause pause = new(FirstPause, LongestPause);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await context.Entities.CallEntityAsync<T>(entity, operation, input);
            }
            catch (EntityOperationFailedException) when (attempt < attempts)
            {
                if (attempt > 1)
                    await context.CreateTimer(pause.Next(), CancellationToken.None);
            }
        }
    }
}
