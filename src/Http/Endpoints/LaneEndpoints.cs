using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>Many runs at once, as pictures and numbers of them need them.</summary>
public sealed class LaneEndpoints(RunClients runs)
{
    /// <summary><c>GET lanes?workflow=&amp;key=&amp;since=&amp;until=</c>: the runs of a workflow over a time, briefly.</summary>
    [Function("PreemptHttpGetLanes")]
    [ApiCall("Reads the runs of a workflow over a time, in short form, and the waiting runs at its gates", Answer = typeof(Lanes), HasEntityTag = true, Problems = new[] { 400, 404 })]
    [ApiQuery("workflow", "The workflow's name.", IsRequired = true, Example = "chat-reply")]
    [ApiQuery("key", "The concurrency key of the workflow's first rule.", Example = "ada")]
    [ApiQuery("since", "The beginning of the time.", IsRequired = true, Type = typeof(DateTimeOffset), Example = "2026-11-25T08:00:00Z")]
    [ApiQuery("until", "The end of the time; now by default.", Type = typeof(DateTimeOffset), Example = "2100-01-01T00:00:00Z")]
    public Task<IActionResult> Lanes(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "lanes")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, "workflow", "key", "since", "until");
            string workflow = Api.ReadText(request, "workflow") ?? throw Api.Invalid("workflow: required in the query.");
            DateTimeOffset since = Api.ReadTime(request, "since") ?? throw Api.Invalid("since: required in the query, as in 2026-11-25T08:00:00Z.");
            Lanes lanes = await runs.With(client).GetLanesAsync(
                workflow, since, Api.ReadTime(request, "until"), Api.ReadText(request, "key"), request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status200OK, lanes) { HasEntityTag = true };
        });

    /// <summary><c>GET statistics</c>: the runs of a filter in numbers.</summary>
    [Function("PreemptHttpGetStatistics")]
    [ApiCall("Counts runs, and measures how long they waited and took to stop", Answer = typeof(RunStatistics), HasEntityTag = true, Problems = new[] { 400 })]
    [ApiQuery("workflow", "The workflow's name.", Example = "chat-reply")]
    [ApiQuery("key", "The concurrency key of the workflow's first rule.", Example = "ada")]
    [ApiQuery("status", "Statuses; the run has one of them.", Type = typeof(RunStatus[]), Example = "Running")]
    [ApiQuery("since", "Accepted at or after this time.", Type = typeof(DateTimeOffset), Example = "2026-11-25T08:00:00Z")]
    [ApiQuery("until", "Accepted at or before this time.", Type = typeof(DateTimeOffset), Example = "2100-01-01T00:00:00Z")]
    [ApiQuery("metadata.NAME", "An entry of the run's metadata, by its name; can be repeated with other names.", Example = "blue")]
    [ApiQuery("parentId", "The run's parent.", Example = "lab-children:abc")]
    [ApiQuery("text", "Text that the run's id, its key or a metadata value contains.", Example = "ada")]
    public Task<IActionResult> Statistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "statistics")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, [.. FilterQuery.Names]);
            RunStatistics statistics = await runs.With(client).GetStatisticsAsync(FilterQuery.Read(request), request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status200OK, statistics) { HasEntityTag = true };
        });

    /// <summary><c>GET operations</c>: the bulk operations of the last 7 days.</summary>
    [Function("PreemptHttpListOperations")]
    [ApiCall("Lists the bulk operations of the last 7 days, the newest first", PageOf = typeof(Operation), HasEntityTag = true, Problems = new[] { 400 })]
    [ApiQuery("limit", "How many at most.", Type = typeof(int), Minimum = 1, Maximum = RunClient.LargestPage, Example = "50")]
    public Task<IActionResult> Operations(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "operations")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, "limit");
            int limit = Api.ReadInteger(request, "limit", whenAbsent: 50, min: 1, max: RunClient.LargestPage);
            IReadOnlyList<Operation> operations = await runs.With(client).ListOperationsAsync(limit, request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status200OK, new Page<Operation>(operations, null)) { HasEntityTag = true };
        });
}
