using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>Doing one thing with many runs.</summary>
public sealed class BulkEndpoints(RunClients runs)
{
    /// <summary><c>POST runs/bulk-cancel</c>: asks many runs to stop.</summary>
    [Function("PreemptHttpBulkCancel")]
    [ApiCall(
        "Asks many runs to stop",
        Body = typeof(BulkRequest), BodyExample = """{"filter": {"workflow": "chat-reply", "key": "ada"}, "reason": "a clean slate", "dryRun": true}""",
        Status = 202, Answer = typeof(Operation), HasLocation = true, IsIdempotent = true, Problems = new[] { 400, 413, 422 })]
    public Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "runs/bulk-cancel")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => StartAsync(BulkKind.Cancel, request, client);

    /// <summary><c>POST runs/bulk-replay</c>: starts runs with the inputs of many that have ended.</summary>
    [Function("PreemptHttpBulkReplay")]
    [ApiCall(
        "Replays many runs: starts new runs with their inputs",
        Body = typeof(BulkRequest), BodyExample = """{"filter": {"workflow": "chat-reply", "key": "ada"}, "reason": "a clean slate", "dryRun": true}""",
        Status = 202, Answer = typeof(Operation), HasLocation = true, IsIdempotent = true, Problems = new[] { 400, 413, 422 })]
    public Task<IActionResult> Replay(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "runs/bulk-replay")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => StartAsync(BulkKind.Replay, request, client);

    /// <summary><c>GET operations/{id}</c>: how far a bulk operation is.</summary>
    [Function("PreemptHttpGetOperation")]
    [ApiCall("Reads a bulk operation and its progress", Answer = typeof(Operation), HasEntityTag = true, Problems = new[] { 404 })]
    public Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "operations/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
            new JsonAnswer(StatusCodes.Status200OK, await runs.With(client).GetOperationAsync(id, request.HttpContext.RequestAborted))
            {
                HasEntityTag = true,
            });

    /// <summary><c>POST operations/{id}/stop</c>: stops a bulk operation.</summary>
    [Function("PreemptHttpStopOperation")]
    [ApiCall("Stops a bulk operation; work already done stays done", Answer = typeof(Operation), Problems = new[] { 404 })]
    public Task<IActionResult> Stop(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "operations/{id}/stop")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
            new JsonAnswer(StatusCodes.Status200OK, await runs.With(client).StopOperationAsync(id, request.HttpContext.RequestAborted)));

    private Task<IActionResult> StartAsync(BulkKind kind, HttpRequest request, DurableTaskClient client) => Api.AnswerAsync(request, async () =>
    {
        BulkRequest bulk = await Api.ReadBodyAsync<BulkRequest>(request);
        Operation operation = await runs.With(client).StartBulkAsync(
            kind, bulk, Api.ReadIdempotencyKey(request), request.HttpContext.RequestAborted);
        return new JsonAnswer(StatusCodes.Status202Accepted, operation, ApiPath.OfOperation(request, operation.Id));
    });
}
