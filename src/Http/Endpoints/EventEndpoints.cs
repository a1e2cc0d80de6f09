using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>Events: to one run, or to all that they concern.</summary>
public sealed class EventEndpoints(RunClients runs)
{
    /// <summary><c>POST runs/{id}/events/{name}</c>: sends an event, its payload the body, to a run.</summary>
    [Function("PreemptHttpRaiseEvent")]
    [ApiCall(
        "Sends an event to a run; the body is the payload",
        Body = typeof(JsonElement), IsBodyOptional = true, BodyExample = """{"approved": true}""",
        Status = 202, Answer = typeof(Run), IsIdempotent = true, Problems = new[] { 400, 404, 409, 413 })]
    public Task<IActionResult> Raise(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{id}/events/{name}")] HttpRequest request,
        string id,
        string name,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            JsonElement? payload = await Api.ReadJsonAsync(request);
            return new JsonAnswer(
                StatusCodes.Status202Accepted,
                await runs.With(client).RaiseEventAsync(id, name, payload, Api.ReadIdempotencyKey(request), request.HttpContext.RequestAborted));
        });

    /// <summary>
    /// <c>POST events/{name}</c>: publishes an event, its payload the body. Starts the workflows that are subscribed to it, and stops
    /// the runs that end on it.
    /// </summary>
    [Function("PreemptHttpPublishEvent")]
    [ApiCall(
        "Publishes an event: starts the workflows that are subscribed to it, and stops the runs that end on it",
        Body = typeof(JsonElement), IsBodyOptional = true, BodyExample = """{"version": 7}""",
        Status = 202, Answer = typeof(PublishedEvent), IsIdempotent = true, Problems = new[] { 400, 413, 422 })]
    public Task<IActionResult> Publish(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "events/{name}")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            JsonElement? payload = await Api.ReadJsonAsync(request);
            return new JsonAnswer(StatusCodes.Status202Accepted, await runs.With(client).PublishEventAsync(
                name, payload, Api.ReadIdempotencyKey(request), request.HttpContext.RequestAborted));
        });
}
