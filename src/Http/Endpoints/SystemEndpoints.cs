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
    [ApiCall("Drains the app: admits no more runs. With mode immediate, or when called again, also stops the running runs", Status = 202, Answer = typeof(AppStatus), IsIdempotent = true, Problems = new[] { 400 })]
    [ApiQuery("mode", "drain, or immediate to stop the running runs too.", Example = "drain")]
    [ApiQuery("refuse", "Whether starts are refused while the app drains; otherwise they wait.", Type = typeof(bool), Example = "false")]
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

    /// <summary><c>GET system/status</c>: the app's mode: whether it drains, and how many runs are left.</summary>
    [Function("PreemptHttpSystemStatus")]
    [ApiCall("Reads the app's mode, versions and backend, and how many runs are left while it drains", Answer = typeof(AppStatus), HasEntityTag = true)]
    public Task<IActionResult> Status(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "system/status")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
            new JsonAnswer(StatusCodes.Status200OK, await runs.With(client).GetStatusAsync(request.HttpContext.RequestAborted))
            {
                HasEntityTag = true,
            });
}
