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

    /// <summary><c>GET gates?workflow=&amp;key=</c>, or <c>rule=</c>: with a key that gate, without a page of the gates.</summary>
    [Function("PreemptHttpListGates")]
    [ApiCall("Reads a gate by its key, or lists the gates of a rule, or of a workflow's first rule", Answer = typeof(GateOrPage), HasEntityTag = true, Problems = new[] { 400, 404 })]
    [ApiQuery("workflow", "The workflow's name; this or rule is required.", Example = "chat-reply")]
    [ApiQuery("rule", "The rule: the name of one that workflows share, or any of a workflow by its number, as in chat-reply:0.")]
    [ApiQuery("key", "The concurrency key; without it a page of gates is returned.", Example = "ada")]
    [ApiQuery("limit", "How many at most.", Type = typeof(int), Minimum = 1, Maximum = LargestPage, Example = "50")]
    [ApiQuery("cursor", "The cursor of the previous page.")]
    public Task<IActionResult> Gates(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "gates")] HttpRequest request,
        [DurableClient] DurableTaskClient durable) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, "workflow", "rule", "key", "limit", "cursor");
            (string name, bool isOfRule) = (Api.ReadText(request, "workflow"), Api.ReadText(request, "rule")) switch
            {
                ({ } workflow, null) => (workflow, false),
                (null, { } rule) => (rule, true),
                _ => throw Api.Invalid("workflow or rule: one of the two is required in the query."),
            };
            RunClient client = runs.With(durable);
            CancellationToken aborted = request.HttpContext.RequestAborted;
            if (Api.ReadText(request, "key") is { } key)
            {
                Gate gate = isOfRule ? await client.GetGateOfRuleAsync(name, key, aborted) : await client.GetGateAsync(name, key, aborted);
                return new JsonAnswer(StatusCodes.Status200OK, gate) { HasEntityTag = true };
            }

            int limit = Api.ReadInteger(request, "limit", whenAbsent: 50, min: 1, max: LargestPage);
            string? from = Api.ReadText(request, "cursor");
            (IReadOnlyList<Gate> gates, string? cursor) = isOfRule
                ? await client.ListGatesOfRuleAsync(name, limit, from, aborted)
                : await client.ListGatesAsync(name, limit, from, aborted);
            return new JsonAnswer(StatusCodes.Status200OK, new Page<Gate>(gates, cursor)) { HasEntityTag = true };
        });

    /// <summary><c>GET health</c>: whether the app answers.</summary>
    [Function("PreemptHttpHealth")]
    [ApiCall("Says that the app responds", Answer = typeof(Health))]
    public static Task<IActionResult> Health([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) =>
        Api.AnswerAsync(request, () => new JsonAnswer(StatusCodes.Status200OK, new Health("Healthy")));
}
