using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>Changing the limits of rules at run time.</summary>
public sealed class LimitEndpoints(RunClients runs, IConfiguration configuration)
{
    /// <summary><c>GET limits?rule=</c>: the rules, with their limits and who changed these.</summary>
    [Function("PreemptHttpListLimits")]
    [ApiCall("Lists the rules of the app, with the limits that were changed at run time, and who changed what and when", PageOf = typeof(RuleLimits), HasEntityTag = true, Problems = new[] { 400, 404 })]
    [ApiQuery("rule", "Only this rule, as in chat-reply:0, or the name of one that workflows share.", Example = "chat-reply:0")]
    public Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "limits")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, "rule");
            IReadOnlyList<RuleLimits> rules = await runs.With(client).ListLimitsAsync(Api.ReadText(request, "rule"), request.HttpContext.RequestAborted);
            return new JsonAnswer(StatusCodes.Status200OK, new Page<RuleLimits>(rules, null)) { HasEntityTag = true };
        });

    /// <summary><c>PUT limits</c>: sets the limit of a rule, or of one key of it.</summary>
    [Function("PreemptHttpSetLimit")]
    [ApiCall(
        "Sets what holds for a rule, or for one key of it, in place of what the app's code says",
        Body = typeof(LimitRequest), BodyExample = """{"rule": "lab-queue:0", "key": "a", "maxRuns": 5, "reason": "the quarter's end"}""",
        Answer = typeof(Limit), Problems = new[] { 400, 404, 413 })]
    public Task<IActionResult> Set(
        [HttpTrigger(AuthorizationLevel.Admin, "put", Route = "limits")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            LimitRequest limit = await Api.ReadBodyAsync<LimitRequest>(request);
            limit = limit with { By = KnownCaller(request) ?? limit.By };
            return new JsonAnswer(StatusCodes.Status200OK, await runs.With(client).SetLimitAsync(limit, request.HttpContext.RequestAborted));
        });

    /// <summary><c>DELETE limits?rule=&amp;key=</c>: takes a limit back.</summary>
    [Function("PreemptHttpResetLimit")]
    [ApiCall("Takes a limit back: what the app's code says holds again", Answer = typeof(RuleLimits), Problems = new[] { 400, 404 })]
    [ApiQuery("rule", "The rule, as in chat-reply:0, or the name of one that workflows share.", IsRequired = true, Example = "chat-reply:0")]
    [ApiQuery("key", "The key that it is for; without it the limit of all keys is taken back.", Example = "ada")]
    [ApiQuery("reason", "Why, in words; up to 200 characters are kept.", Example = "over")]
    [ApiQuery("by", "Who changes it, where the platform does not know who calls.", Example = "ada")]
    public Task<IActionResult> Reset(
        [HttpTrigger(AuthorizationLevel.Admin, "delete", Route = "limits")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => Api.AnswerAsync(request, async () =>
        {
            Api.CheckQuery(request, "rule", "key", "reason", "by");
            string rule = Api.ReadText(request, "rule") ?? throw Api.Invalid("rule: required in the query.");
            return new JsonAnswer(StatusCodes.Status200OK, await runs.With(client).ResetLimitAsync(
                rule,
                Api.ReadText(request, "key"),
                Api.ReadText(request, "reason"),
                KnownCaller(request) ?? Api.ReadText(request, "by"),
                request.HttpContext.RequestAborted));
        });

    /// <summary>
    /// Who calls, as App Service authentication says; null without it. Only where it is on does the platform remove what a caller writes there.
    /// </summary>
    private string? KnownCaller(HttpRequest request) =>
        string.Equals(configuration["WEBSITE_AUTH_ENABLED"], "true", StringComparison.OrdinalIgnoreCase)
            ? Api.ReadHeader(request, "X-MS-CLIENT-PRINCIPAL-NAME")
            : null;
}
