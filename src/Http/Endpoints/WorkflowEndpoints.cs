using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>What the app can run, and the gates in front of it.</summary>
public sealed class WorkflowEndpoints(WorkflowRegistry registry, RunClients runs)
{
    private const int LargestPage = 200;

    /// <summary><c>GET workflows</c>: the definitions.</summary>
    [Function("PreemptHttpListWorkflows")]
    [ApiCall("Lists the workflows that can be started", PageOf = typeof(WorkflowDefinition), HasEntityTag = true)]
    public Task<IActionResult> List([HttpTrigger(AuthorizationLevel.Function, "get", Route = "workflows")] HttpRequest request) =>
        Api.AnswerAsync(request, () => new JsonAnswer(StatusCodes.Status200OK, new Page<WorkflowDefinition>([.. registry.Definitions], null))
        {
            HasEntityTag = true,
        });

    /// <summary><c>GET gates?workflow=&amp;key=</c>: with a key that gate, without a page of the workflow's gates.</summary>
    [Function("PreemptHttpListGates")]
    [ApiCall("Reads a gate by its key, or lists a workflow's gates", Answer = typeof(GateOrPage), HasEntityTag = true, Problems = new[] { 400, 404 })]
    [ApiQuery("workflow", "The workflow's name.", IsRequired = true, Example = "chat-reply")]
    [ApiQuery("key", "The concurrency key; without it a page of gates is returned.", Example = "ada")]
    [ApiQuery("limit", "How many at most.", Type = typeof(int), Minimum = 1, Maximum = LargestPage, Example = "50")]
    [ApiQuery("cursor", "The cursor of the previous page.")]
    public Task<IActionResult> Gates(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "gates")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, "workflow", "key", "limit", "cursor");
            string workflow = Api.ReadText(request, "workflow") ?? throw Api.Invalid("workflow: required in the query.");
            if (Api.ReadText(request, "key") is { } key)
            {
                Gate gate = await runs.With(client).GetGateAsync(workflow, key, request.HttpContext.RequestAborted);
                return new JsonAnswer(StatusCodes.Status200OK, gate) { HasEntityTag = true };
            }

            int limit = Api.ReadInteger(request, "limit", whenAbsent: 50, min: 1, max: LargestPage);
            (IReadOnlyList<Gate> gates, string? cursor) = await runs.With(client).ListGatesAsync(
                workflow, limit, Api.ReadText(request, "cursor"), request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status200OK, new Page<Gate>(gates, cursor)) { HasEntityTag = true };
        });

    /// <summary><c>GET health</c>: whether the app answers.</summary>
    [Function("PreemptHttpHealth")]
    [ApiCall("Says that the app responds", Answer = typeof(Health))]
    public static Task<IActionResult> Health([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) =>
        Api.AnswerAsync(request, () => new JsonAnswer(StatusCodes.Status200OK, new Health("Healthy")));
}
