using System.Security.Cryptography;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Drains and resumes the app.</summary>
internal sealed class AppControl(RunClients app, DurableTaskClient client)
{
    public async Task<AppStatus> SetAsync(AppMode mode, bool refuse, CancellationToken cancellationToken)
    {
        AppState before = await app.Mode.ReadAsync(client, cancellationToken);
        AppModeRequest request = new(mode, refuse, app.Time.GetUtcNow(), RandomNumberGenerator.GetHexString(32, lowercase: true));
        await SendAsync(request, cancellationToken);
        // An app that does not drain may yet be about to: to resume it is asked for all the same, and changes nothing else.
        if (mode != AppMode.Running || before.Mode != AppMode.Running)
            await WaitForChangeAsync(request, before.Generation, cancellationToken);
        return await GetStatusAsync(cancellationToken);
    }

    private Task SendAsync(AppModeRequest request, CancellationToken cancellationToken) =>
        client.Entities.SignalEntityAsync(AppSwitch.Id, nameof(AppSwitch.Set), request, cancellation: cancellationToken);

    /// <summary>
    /// Waits until the change is seen, so that starts in this process see it too; some seconds at most. A signal is gone when the worker dies
    /// that takes it: so the request is sent again now and then.
    /// </summary>
    private async Task WaitForChangeAsync(AppModeRequest request, long generation, CancellationToken cancellationToken)
    {
        const int MaxReads = 12;
        const int FirstReadBeforeAnother = 8;
        TimeSpan pause = TimeSpan.FromMilliseconds(2);
        for (int read = 1; read <= MaxReads; read++, pause *= 2)
        {
            if ((await app.Mode.ReadAsync(client, cancellationToken)).Generation > generation)
                return;
            if (read is >= FirstReadBeforeAnother and < MaxReads)
                await SendAsync(request, cancellationToken);
            await Task.Delay(pause, app.Time, cancellationToken);
        }
    }

    public async Task<AppStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        AppState state = await app.Mode.ReadAsync(client, cancellationToken);
        if (state.Mode == AppMode.Running)
            return new AppStatus(state.Mode, false, state.Since);
        OrchestrationMetadata? application = await client.GetInstanceAsync(
            AppSwitch.InstanceOf(state.Generation), getInputsAndOutputs: true, cancellationToken);
        ModeProgress? progress = application?.SerializedCustomStatus is null ? null : application.ReadCustomStatusAs<ModeProgress>();
        return new AppStatus(
            state.Mode, state.Refuse, state.Since, application is { IsCompleted: true }, progress?.Running, progress?.Waiting, progress?.LookedAt);
    }
}
