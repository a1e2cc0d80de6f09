using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>The activities that runs need for themselves.</summary>
internal sealed class RunActivities(AppModeReader mode)
{
    /// <summary>Starts a run for another, unless it has been started.</summary>
    public async Task StartRunAsync(ChildStart start, DurableTaskClient client, CancellationToken cancellationToken)
    {
        AppState state = await mode.GetAsync(client, cancellationToken);
        RunRequest request = start.Request with { Held = state.Mode != AppMode.Running };
        await RunStart.EnsureStartedAsync(client, start.RunId, request, cancellationToken);
    }
}
