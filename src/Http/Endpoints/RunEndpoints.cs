using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>Starting, watching and stopping runs.</summary>
public sealed class RunEndpoints(RunClients runs)
{
    /// <summary>The longest wait: Azure's front end gives up on a request after 230 seconds.</summary>
    private static readonly Duration LongestWait = TimeSpan.FromMinutes(3);

    /// <summary><c>POST workflows/{workflow}/runs</c>: starts a run.</summary>
    [Function("PreemptHttpStartRun")]
    [ApiCall(
        "Starts a run",
        Body = typeof(StartRequest), BodyExample = """{"input": {"userId": "ada", "message": "What is a monad?"}, "metadata": {"team": "blue"}}""",
        Status = 202, Answer = typeof(Run), HasLocation = true, IsIdempotent = true, Problems = new[] { 400, 404, 409, 413, 422 })]
    public Task<IActionResult> Start(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "workflows/{workflow}/runs")] HttpRequest request,
        string workflow,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            StartRequest body = await Api.ReadBodyAsync<StartRequest>(request);
            RunClient runClient = runs.With(client);
            if (Api.ReadIdempotencyKey(request) is not { } idempotencyKey)
            {
                Run run = await runClient.StartAsync(workflow, body.Input, body, cancellationToken: request.HttpContext.RequestAborted);
                return new JsonAnswer(StatusCodes.Status202Accepted, run, ApiPath.OfRun(request, run.Id));
            }

            (Run first, bool isNew) = await runClient.StartOnceAsync(
                workflow, body.Input, idempotencyKey, body, cancellationToken: request.HttpContext.RequestAborted);
            return new JsonAnswer(isNew ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, first, ApiPath.OfRun(request, first.Id));
        });

    /// <summary><c>GET runs/{id}?wait=</c>: a run; with a wait, when it has ended or the wait is over.</summary>
    [Function("PreemptHttpGetRun")]
    [ApiCall("Reads a run; with wait, when it has ended or the wait is over", Answer = typeof(Run), HasEntityTag = true, Problems = new[] { 400, 404 })]
    [ApiQuery("wait", "How long to wait for the run's end, 3 minutes at most.", Type = typeof(Duration), Example = "1s")]
    public Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            TimeSpan wait = Api.ReadDuration(request, "wait", LongestWait)?.Value ?? TimeSpan.Zero;
            Run run = await runs.With(client).WaitAsync(id, wait, request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status200OK, run) { HasEntityTag = true, RetryAt = run.Stop?.RetryAt };
        });

    /// <summary><c>POST runs/{id}/cancel</c>: asks a run to stop.</summary>
    [Function("PreemptHttpCancelRun")]
    [ApiCall(
        "Asks a run to stop",
        Body = typeof(CancelOptions), IsBodyOptional = true, BodyExample = """{"reason": "never mind", "grace": "5s"}""",
        Status = 202, Answer = typeof(Run), Problems = new[] { 400, 404, 409, 413 })]
    public Task<IActionResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{id}/cancel")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            CancelOptions options = await Api.ReadBodyAsync(request, whenEmpty: new CancelOptions());
            Run run = await runs.With(client).CancelAsync(id, options, cancellationToken: request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status202Accepted, run);
        });

    /// <summary><c>POST runs/{id}/extend</c>: gives a run more time.</summary>
    [Function("PreemptHttpExtendRun")]
    [ApiCall(
        "Gives a run more time",
        Body = typeof(ExtendRequest), BodyExample = """{"by": "10 minutes"}""",
        Status = 202, Answer = typeof(Run), IsIdempotent = true, Problems = new[] { 400, 404, 409, 413 })]
    public Task<IActionResult> Extend(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{id}/extend")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            ExtendRequest body = await Api.ReadBodyAsync<ExtendRequest>(request);
            return new JsonAnswer(
                StatusCodes.Status202Accepted,
                await runs.With(client).ExtendAsync(id, body.By, Api.ReadIdempotencyKey(request), request.HttpContext.RequestAborted));
        });

    /// <summary><c>DELETE runs/{id}</c>: deletes a run that has ended.</summary>
    [Function("PreemptHttpDeleteEndedRun")]
    [ApiCall("Deletes a run that has ended", Status = 204, Problems = new[] { 404, 409 })]
    public Task<IActionResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "runs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            await runs.With(client).DeleteAsync(id, request.HttpContext.RequestAborted);
            return new NoContentResult();
        });

    /// <summary><c>POST runs/{id}/replay</c>: starts a run with the input of one that has ended.</summary>
    [Function("PreemptHttpReplayRun")]
    [ApiCall(
        "Starts a new run with the input of a run that has ended",
        Body = typeof(ReplayRequest), IsBodyOptional = true, BodyExample = "{}",
        Status = 202, Answer = typeof(Run), HasLocation = true, IsIdempotent = true, Problems = new[] { 400, 404, 409, 413, 422 })]
    public Task<IActionResult> Replay(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs/{id}/replay")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            await Api.ReadBodyAsync(request, whenEmpty: new ReplayRequest());
            (Run run, bool isNew) = await runs.With(client).ReplayAsync(
                id, Api.ReadIdempotencyKey(request), request.HttpContext.RequestAborted);
            return new JsonAnswer(isNew ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, run, ApiPath.OfRun(request, run.Id));
        });
}
