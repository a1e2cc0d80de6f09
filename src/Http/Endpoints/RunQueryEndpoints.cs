using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>Finding and understanding runs.</summary>
public sealed class RunQueryEndpoints(RunClients runs)
{
    private const int UsualPage = 50;

    /// <summary><c>GET runs</c>: a page of runs, the newest first.</summary>
    [Function("PreemptHttpListRuns")]
    [ApiCall("Lists runs, the newest first", PageOf = typeof(Run), HasEntityTag = true, Problems = new[] { 400 })]
    [ApiQuery("workflow", "The workflow's name.", Example = "chat-reply")]
    [ApiQuery("key", "The concurrency key of the workflow's first rule.", Example = "ada")]
    [ApiQuery("status", "Statuses; the run has one of them.", Type = typeof(RunStatus[]), Example = "Running")]
    [ApiQuery("since", "Accepted at or after this time.", Type = typeof(DateTimeOffset), Example = "2026-11-25T08:00:00Z")]
    [ApiQuery("until", "Accepted at or before this time.", Type = typeof(DateTimeOffset), Example = "2100-01-01T00:00:00Z")]
    [ApiQuery("metadata.NAME", "An entry of the run's metadata, by its name; can be repeated with other names.", Example = "blue")]
    [ApiQuery("parentId", "The run's parent.", Example = "lab-children:abc")]
    [ApiQuery("text", "Text that the run's id, its key or a metadata value contains.", Example = "ada")]
    [ApiQuery("limit", "How many at most.", Type = typeof(int), Minimum = 1, Maximum = RunClient.LargestPage, Example = "50")]
    [ApiQuery("cursor", "The cursor of the previous page.")]
    public Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, [.. FilterQuery.Names, "limit", "cursor"]);
            RunFilter filter = FilterQuery.Read(request);
            int limit = Api.ReadInteger(request, "limit", whenAbsent: UsualPage, min: 1, max: RunClient.LargestPage);
            (IReadOnlyList<Run> items, string? cursor) = await runs.With(client).ListAsync(
                filter, limit, Api.ReadText(request, "cursor"), request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status200OK, new Page<Run>(items, cursor)) { HasEntityTag = true };
        });

    /// <summary><c>GET runs/{id}/explain</c>: in words, why a run is where it is and what comes next.</summary>
    [Function("PreemptHttpExplainRun")]
    [ApiCall("Explains the state of a run in words, and what comes next", Answer = typeof(RunExplanation), HasEntityTag = true, Problems = new[] { 404 })]
    public Task<IActionResult> Explain(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{id}/explain")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
            new JsonAnswer(StatusCodes.Status200OK, await runs.With(client).ExplainAsync(id, request.HttpContext.RequestAborted))
            {
                HasEntityTag = true,
            });
}
