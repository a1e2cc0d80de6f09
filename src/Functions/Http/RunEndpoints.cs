using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Preempt.Functions.Http;

/// <summary>Starting, watching and stopping runs.</summary>
public sealed class RunEndpoints(RunClients runs)
{
    /// <summary>The longest wait: Azure's front end gives up on a request after 230 seconds.</summary>
    private static readonly Duration LongestWait = TimeSpan.FromMinutes(3);

    /// <summary><c>POST workflows/{workflow}/runs</c>: starts a run.</summary>
    [Function("StartRun")]
    public Task<IActionResult> Start(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "workflows/{workflow}/runs")] HttpRequest request,
        string workflow,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(async () =>
        {
            StartBody body = await Api.ReadBodyAsync<StartBody>(request);
            StartOptions options = new()
            {
                Key = body.Key,
                Metadata = body.Metadata,
                Timeout = body.Timeout,
                ScheduleTimeout = body.ScheduleTimeout,
                Priority = body.Priority,
                RunId = body.RunId,
            };
            RunClient runClient = runs.With(client);
            if (Api.ReadHeader(request, "Idempotency-Key") is not { } idempotencyKey)
            {
                Run run = await runClient.StartAsync(workflow, body.Input, options, request.HttpContext.RequestAborted);
                return new JsonAnswer(StatusCodes.Status202Accepted, run, LocationOf(request, run));
            }

            (Run first, bool isNew) = await runClient.StartOnceAsync(
                workflow, body.Input, idempotencyKey, options, request.HttpContext.RequestAborted);
            return new JsonAnswer(isNew ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, first, LocationOf(request, first));
        });

    /// <summary>The path of a run, under whatever route prefix the request came by.</summary>
    private static string LocationOf(HttpRequest request, Run run)
    {
        string path = request.Path.Value!;
        return $"{path[..path.LastIndexOf("/workflows/", StringComparison.OrdinalIgnoreCase)]}/runs/{run.Id}";
    }

    /// <summary><c>GET runs/{id}?wait=</c>: a run; with a wait, when it has ended or the wait is over.</summary>
    [Function("GetRun")]
    public Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(async () =>
        {
            TimeSpan wait = Api.ReadDuration(request, "wait", LongestWait)?.Value ?? TimeSpan.Zero;
            Run run = await runs.With(client).WaitAsync(id, wait, request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status200OK, run);
        });

    /// <summary><c>POST runs/{id}/cancel</c>: asks a run to stop.</summary>
    [Function("CancelRun")]
    public Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{id}/cancel")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(async () =>
        {
            CancelBody body = await Api.ReadBodyAsync(request, whenEmpty: new CancelBody());
            CancelOptions options = new(body.Reason, body.Grace, QueuedOnly: body.QueuedOnly, Delete: body.Delete);
            Run run = await runs.With(client).CancelAsync(id, options, request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status202Accepted, run);
        });

    /// <summary><c>POST runs/{id}/extend</c>: gives a run more time.</summary>
    [Function("ExtendRun")]
    public Task<IActionResult> Extend(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{id}/extend")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(async () =>
        {
            ExtendBody body = await Api.ReadBodyAsync<ExtendBody>(request);
            return new JsonAnswer(StatusCodes.Status202Accepted, await runs.With(client).ExtendAsync(id, body.By, request.HttpContext.RequestAborted));
        });

    /// <summary><c>DELETE runs/{id}</c>: deletes a run that has ended.</summary>
    [Function("DeleteEndedRun")]
    public Task<IActionResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "runs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(async () =>
        {
            await runs.With(client).DeleteAsync(id, request.HttpContext.RequestAborted);
            return new NoContentResult();
        });

    private sealed record ExtendBody
    {
        public required Duration By { get; init; }
    }

    private sealed record StartBody
    {
        public JsonElement? Input { get; init; }

        public string? Key { get; init; }

        public Dictionary<string, string>? Metadata { get; init; }

        public Duration? Timeout { get; init; }

        public Duration? ScheduleTimeout { get; init; }

        public int Priority { get; init; }

        public string? RunId { get; init; }
    }

    private sealed record CancelBody
    {
        public string? Reason { get; init; }

        public Duration? Grace { get; init; }

        public bool QueuedOnly { get; init; }

        public bool Delete { get; init; }
    }
}
