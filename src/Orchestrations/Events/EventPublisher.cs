using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>
/// Publishes an event to all that it concerns: workflows that it starts, and runs that end on it. Those runs are told by an operation, which
/// survives a crash, however many there are.
/// </summary>
internal sealed class EventPublisher(RunClients app, DurableTaskClient client, RunStarter starter, BulkClient operations)
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
        // The runs that are to be told are read before any is started: an event does not end those that it starts.
        string? operation = await operations.StartTellingAsync(
            new ToldEvent(name, payload), () => ReadSubscribersAsync(name, cancellationToken), idempotencyKey, cancellationToken);
        ImmutableArray<Run>.Builder started = ImmutableArray.CreateBuilder<Run>();
        foreach (RegisteredWorkflow definition in starting)
        {
            // An event does not come again, so its runs wait while the app drains.
            started.Add(idempotencyKey is null
                ? await starter.StartAsync(definition.Name, payload, options, waitWhileDraining: true, cancellationToken)
                : (await starter.StartOnceAsync(definition.Name, payload, idempotencyKey, options, waitWhileDraining: true, cancellationToken)).Run);
        }

        BulkProgress told = operation is null ? new BulkProgress(0) : await operations.WaitAsync(operation, cancellationToken);
        return new PublishedEvent(name, started.ToImmutable(), told.DoneWith) { StoppedCount = told.Done, OperationId = operation };
    }

    private async Task<IReadOnlyList<string>> ReadSubscribersAsync(string name, CancellationToken cancellationToken) =>
        [.. (await EventSubscribers.ReadAsync(client, name, cancellationToken)).Select(run => HolderId.Parse(run).RunId).Distinct(StringComparer.Ordinal)];
}
