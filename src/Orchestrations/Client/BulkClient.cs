using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Starts and reads operations: what is done with many runs, and published events are told to those that end on them.</summary>
internal sealed class BulkClient(RunClients app, DurableTaskClient client)
{
    /// <summary>Starts a bulk operation, once for each idempotency key.</summary>
    /// <exception cref="InvalidRunException">Something in the request is not allowed.</exception>
    /// <exception cref="IdempotencyKeyReusedException">The key was used for another request.</exception>
    public async Task<Operation> StartAsync(BulkKind kind, BulkRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        string id = KeptIds.Operations + IdempotencyKey.Hash(idempotencyKey, $"{kind}");
        // Later than every run that this process has accepted, also where the clock stands still.
        DateTimeOffset now = app.Clock.Next();
        // Without a key no other request can have the id.
        string? fingerprint = idempotencyKey is null ? null : IdempotencyKey.Fingerprint(request);
        request = BulkRules.Check(kind, request, now);
        BulkState state = new(request with { Reason = Excerpt.Shorten(request.Reason, StopRequest.MaxMessageLength) }, now)
        {
            Kind = kind,
            Fingerprint = fingerprint,
        };
        await client.TryScheduleAsync(PreemptFunctions.Bulk, state, new StartOrchestrationOptions(id), cancellationToken);
        OrchestrationMetadata instance = await LookAsync(id, cancellationToken);
        CheckSame(instance, fingerprint);
        return Read(instance);
    }

    /// <summary>The operation that tells an event to runs, once for each idempotency key.</summary>
    /// <param name="told">The event.</param>
    /// <param name="readRuns">Reads the runs that may end on it; not asked where the operation is known.</param>
    /// <param name="idempotencyKey">The publisher's key; null without one.</param>
    /// <param name="cancellationToken">Cancels the call; the operation may have been accepted anyway.</param>
    /// <returns>The operation's id; null where no run is to be told.</returns>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    /// <exception cref="IdempotencyKeyReusedException">The key was used for another payload of the event.</exception>
    public async Task<string?> StartTellingAsync(
        ToldEvent told, Func<Task<IReadOnlyList<string>>> readRuns, string? idempotencyKey, CancellationToken cancellationToken)
    {
        string id = KeptIds.Operations + IdempotencyKey.Hash(idempotencyKey, $"{BulkKind.Publish} {told.Name.ToUpperInvariant()}");
        string? fingerprint = idempotencyKey is null ? null : IdempotencyKey.Fingerprint(told);
        if (idempotencyKey is not null && await client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken) is { } known)
        {
            CheckSame(known, fingerprint);
            return id;
        }

        IReadOnlyList<string> runIds = await readRuns();
        // With a key the event is remembered also where it concerns nobody: runs that are accepted later are not told of it when it comes again.
        if (runIds.Count == 0 && idempotencyKey is null)
            return null;
        BulkState state = new(new BulkRequest { RunIds = runIds }, app.Clock.Next()) { Kind = BulkKind.Publish, Event = told, Fingerprint = fingerprint };
        await client.TryScheduleAsync(PreemptFunctions.Bulk, state, new StartOrchestrationOptions(id), cancellationToken);
        return id;
    }

    private static void CheckSame(OrchestrationMetadata kept, string? fingerprint) =>
        IdempotencyKey.CheckSame(StoredJson.TryRead<BulkState>(kept.SerializedInput)?.Fingerprint, fingerprint);

    /// <summary>Waits until an operation has ended, some seconds at most.</summary>
    /// <returns>How far it is then.</returns>
    public async Task<BulkProgress> WaitAsync(string id, CancellationToken cancellationToken)
    {
        OrchestrationMetadata? instance = await new GrowingPause(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(250)).LookUntilAsync(
            _ => client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken),
            static instance => instance is null or { IsCompleted: true },
            most: 20,
            app.Time,
            cancellationToken);
        return instance is null ? new BulkProgress(0) : OperationReader.ReadProgress(instance) ?? new BulkProgress(0);
    }

    /// <summary>Reads an operation.</summary>
    /// <exception cref="UnknownOperationException">There is no such operation.</exception>
    public async Task<Operation> GetAsync(string id, CancellationToken cancellationToken) => Read(await LookAsync(id, cancellationToken));

    /// <summary>Stops an operation between two of its turns; one that has ended is not changed.</summary>
    /// <exception cref="UnknownOperationException">There is no such operation.</exception>
    public async Task<Operation> StopAsync(string id, CancellationToken cancellationToken)
    {
        if (await GetAsync(id, cancellationToken) is { Status: not OperationStatus.Running } ended)
            return ended;
        await client.TryTerminateAsync(id, "Somebody stopped the operation.", cancellationToken);
        await WaitAsync(id, cancellationToken);
        return await GetAsync(id, cancellationToken);
    }

    private async Task<OrchestrationMetadata> LookAsync(string id, CancellationToken cancellationToken)
    {
        OrchestrationMetadata? instance = KeptIds.CanBeOperation(id)
            ? await client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken)
            : null;
        return instance ?? throw new UnknownOperationException(id);
    }

    private static Operation Read(OrchestrationMetadata instance) =>
        OperationReader.Read(instance) ?? throw new UnknownOperationException(instance.InstanceId);
}

/// <summary>An event, as runs are told of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Payload">What it says.</param>
internal sealed record ToldEvent(string Name, JsonElement? Payload);
