using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;

namespace Preempt;

/// <summary>
/// Reads the app's mode for starts. An answer is used for a second, so that starts cost at most one read a second; a start that just
/// misses a change is found by the orchestration that applies it.
/// </summary>
internal sealed class AppModeReader(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private volatile Answer? _latest;

    public async Task<AppState> GetAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (_latest is { } latest && time.GetElapsedTime(latest.At) < Lifetime)
            return latest.State;
        return await ReadAsync(client, cancellationToken);
    }

    /// <summary>The state as it is now.</summary>
    public async Task<AppState> ReadAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        long at = time.GetTimestamp();
        EntityMetadata<AppState>? entity = await client.Entities.GetEntityAsync<AppState>(AppSwitch.Id, cancellation: cancellationToken);
        AppState state = entity?.State ?? new AppState();
        _latest = new Answer(state, at);
        return state;
    }

    private sealed record Answer(AppState State, long At);
}
