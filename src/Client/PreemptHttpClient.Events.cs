using System.Text.Json;

namespace Preempt.Client;

// Events: to one run, and to all that they concern.
public sealed partial class PreemptHttpClient
{
    /// <summary>
    /// Sends an event to a run, for its code that waits for the event, now or later. Retried if the response is lost, and takes effect once.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="name">The event's name, 1 to 100 characters, case-insensitive.</param>
    /// <param name="payload">The payload; written as JSON.</param>
    /// <param name="idempotencyKey">1 to 255 printable ASCII characters; an event that is sent again with the same key takes effect once.</param>
    /// <param name="cancellationToken">Cancels the call; the event may have been sent anyway.</param>
    /// <returns>The run, which has the event.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">The name or the key is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    public async Task<Run> RaiseEventAsync(
        string id, string name, object? payload = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _calls.PostOnceAsync<Run>(
            $"{OfRun(id)}/events/{ApiPath.Segment(name, "event")}",
            ToPayload(payload),
            KeyOrNew(idempotencyKey),
            cancellationToken)).Value;

    /// <summary>Publishes an event: workflows subscribed to it are started with its payload, and runs that end on it are stopped.</summary>
    /// <param name="name">The event's name, 1 to 100 characters, case-insensitive.</param>
    /// <param name="payload">The payload; written as JSON.</param>
    /// <param name="idempotencyKey">1 to 255 printable ASCII characters; an event that is published again with the same key takes effect once.</param>
    /// <param name="cancellationToken">Cancels the call; some of the work may have been done anyway.</param>
    /// <returns>The runs that it started and stopped.</returns>
    /// <exception cref="InvalidRunException">The name, the key, or the payload as the input of a workflow, is not allowed.</exception>
    public async Task<PublishedEvent> PublishEventAsync(
        string name, object? payload = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _calls.PostOnceAsync<PublishedEvent>(
            $"events/{ApiPath.Segment(name, "event")}", ToPayload(payload), CheckIdempotencyKey(idempotencyKey), cancellationToken)).Value;

    private static object ToPayload(object? payload) => ToJson(payload) ?? JsonDocument.Parse("null").RootElement;
}
