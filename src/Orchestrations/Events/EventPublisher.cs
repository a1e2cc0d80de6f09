using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;

namespace Preempt;

/// <summary>Tells an event to all that it concerns: workflows that it starts, and runs that end on it.</summary>
internal sealed class EventPublisher(RunClient runs, RunClients app, DurableTaskClient client)
{
    public async Task<PublishedEvent> PublishAsync(
        string name, JsonElement? payload, string? idempotencyKey, CancellationToken cancellationToken)
    {
        EventName.Check(name);
        DateTimeOffset now = app.Time.GetUtcNow();
        RegisteredWorkflow[] starting = [.. app.Registry.All.Where(definition => definition.StartsOnEvent(name, payload, now))];
        StartOptions options = new();
        // Nothing is begun for a payload that one of them refuses.
        foreach (RegisteredWorkflow definition in starting)
            RunStart.MakeRequest(definition, payload, options, now);
        ImmutableArray<string> stopped = await StopAsync(name, payload, cancellationToken);
        ImmutableArray<Run>.Builder started = ImmutableArray.CreateBuilder<Run>();
        foreach (RegisteredWorkflow definition in starting)
        {
            // An event does not come again, so its runs wait while the app drains.
            started.Add(idempotencyKey is null
                ? await runs.StartAsync(definition.Name, payload, options, waitWhileDraining: true, cancellationToken)
                : (await runs.StartOnceAsync(definition.Name, payload, idempotencyKey, options, waitWhileDraining: true, cancellationToken)).Run);
        }

        return new PublishedEvent(name, started.ToImmutable(), stopped);
    }

    private async Task<ImmutableArray<string>> StopAsync(string name, JsonElement? payload, CancellationToken cancellationToken)
    {
        EntityMetadata<ImmutableArray<string>>? subscribers = await client.Entities.GetEntityAsync<ImmutableArray<string>>(
            EventSubscribers.Of(name), cancellation: cancellationToken);
        ImmutableArray<string>.Builder stopped = ImmutableArray.CreateBuilder<string>();
        foreach (string runId in subscribers is null || subscribers.State.IsDefault ? [] : subscribers.State)
        {
            OrchestrationMetadata? instance = await client.GetInstanceAsync(runId, getInputsAndOutputs: true, cancellationToken);
            if (instance is null or { IsCompleted: true })
                await ForgetAsync(name, runId, cancellationToken);
            else if (EndsOn(instance, name, payload) && await TryTellAsync(runId, name, payload, cancellationToken))
                stopped.Add(runId);
        }

        return stopped.ToImmutable();
    }

    private bool EndsOn(OrchestrationMetadata instance, string name, JsonElement? payload) =>
        RunReader.ReadRequest(instance)?.EndWhen is { } condition && condition.MatchesEvent(name, payload, app.Time.GetUtcNow());

    /// <summary>A run that was terminated or purged past its supervisor is still on the list.</summary>
    private Task ForgetAsync(string name, string runId, CancellationToken cancellationToken) => client.Entities.SignalEntityAsync(
        EventSubscribers.Of(name), nameof(EventSubscribers.Remove), runId, cancellation: cancellationToken);

    private async Task<bool> TryTellAsync(string runId, string name, JsonElement? payload, CancellationToken cancellationToken)
    {
        try
        {
            await runs.RaiseEventAsync(runId, name, payload, cancellationToken);
            return true;
        }
        catch (RunException)
        {
            // It has ended meanwhile.
            return false;
        }
    }
}
