using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Drains and resumes the app.</summary>
internal sealed class AppControl(RunClients app, DurableTaskClient client)
{
    /// <summary>Changes the mode, once for each idempotency key of the latest.</summary>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public async Task<AppStatus> SetAsync(AppMode mode, bool refuse, string? idempotencyKey, CancellationToken cancellationToken)
    {
        AppModeRequest request = new(mode, refuse, app.Time.GetUtcNow(), IdempotencyKey.Hash(idempotencyKey, nameof(AppMode)));
        AppState before = await app.Mode.ReadAsync(client, cancellationToken);
        await SendAsync(request, cancellationToken);
        // A drain that was asked for just now may not have taken effect yet. So a resume is sent also to an app that does not drain.
        if (mode != AppMode.Running || before.Mode != AppMode.Running)
            await WaitForChangeAsync(request, cancellationToken);
        return await GetStatusAsync(cancellationToken);
    }

    private Task SendAsync(AppModeRequest request, CancellationToken cancellationToken) =>
        client.Entities.SignalEntityAsync(AppSwitch.Id, nameof(AppSwitch.Set), request, cancellation: cancellationToken);

    /// <summary>Waits until the change is seen, so that starts in this process see it too; some seconds at most.</summary>
    private Task<AppState> WaitForChangeAsync(AppModeRequest request, CancellationToken cancellationToken) => SignalledChange.WaitAsync(
        () => app.Mode.ReadAsync(client, cancellationToken),
        state => state.Knows(request),
        () => SendAsync(request, cancellationToken),
        firstPause: TimeSpan.FromMilliseconds(2),
        app.Time,
        cancellationToken);

    public async Task<AppStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        AppState state = await app.Mode.ReadAsync(client, cancellationToken);
        if (state.Mode == AppMode.Running)
            return new AppStatus(state.Mode, false, state.Since) { App = app.Description };
        OrchestrationMetadata? application = await client.GetInstanceAsync(
            AppSwitch.InstanceOf(state.Generation), getInputsAndOutputs: true, cancellationToken);
        ModeProgress? progress = StoredJson.TryRead<ModeProgress>(application?.SerializedCustomStatus);
        return new AppStatus(
            state.Mode, state.Refuse, state.Since, application is { IsCompleted: true }, progress?.Running, progress?.Waiting, progress?.LookedAt)
        {
            App = app.Description,
        };
    }
}
