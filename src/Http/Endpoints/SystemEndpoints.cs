using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>Draining the app before it is shut down or deployed, and resuming it.</summary>
public sealed class SystemEndpoints(RunClients runs)
{
    /// <summary>
    /// <c>POST system/drain?mode=&amp;refuse=</c>: admits no run any more; with mode "immediate", or when called a second time, also stops
    /// those that run.
    /// </summary>
    [Function("PreemptHttpDrain")]
    [ApiCall("Admits no run any more; at once, or called a second time, stops those that run", Status = 202, Answer = typeof(AppStatus), IsIdempotent = true, Problems = new[] { 400 })]
    [ApiQuery("mode", "drain, or immediate to stop what runs.", Example = "drain")]
    [ApiQuery("refuse", "Whether starts are refused meanwhile; else they wait.", Type = typeof(bool), Example = "false")]
    public Task<IActionResult> Drain(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "system/drain")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, "mode", "refuse");
            bool immediate = Api.ReadText(request, "mode") switch
            {
                null or "drain" => false,
                "immediate" => true,
                var mode => throw Api.Invalid($"mode \"{mode}\": drain or immediate is expected."),
            };
            AppStatus status = await runs.With(client).DrainAsync(
                immediate, Api.ReadBoolean(request, "refuse"), Api.ReadIdempotencyKey(request), request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status202Accepted, status);
        });

    /// <summary><c>POST system/resume</c>: admits runs again.</summary>
    [Function("PreemptHttpResume")]
    [ApiCall("Admits runs again", Status = 202, Answer = typeof(AppStatus))]
    public Task<IActionResult> Resume(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "system/resume")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
            new JsonAnswer(StatusCodes.Status202Accepted, await runs.With(client).ResumeAsync(request.HttpContext.RequestAborted)));

    /// <summary><c>GET system/status</c>: whether the app drains, and how far that has got.</summary>
    [Function("PreemptHttpSystemStatus")]
    [ApiCall("Says whether the app drains, and how far that has got", Answer = typeof(AppStatus), HasEntityTag = true)]
    public Task<IActionResult> Status(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "system/status")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
            new JsonAnswer(StatusCodes.Status200OK, await runs.With(client).GetStatusAsync(request.HttpContext.RequestAborted))
            {
                HasEntityTag = true,
            });
}
