using Microsoft.AspNetCore.Mvc;

namespace Preempt.Http;

/// <summary>The problems that the API answers. Types are stable; titles and details are for people.</summary>
internal static class Problems
{
    public static Problem Internal { get; } =
        Make("internal-error", "The app failed.", 500, "The app's log says why. A retry may succeed.");

    public static Problem Unreachable { get; } = Make(
        "engine-unreachable",
        "The app could not reach its engine.",
        503,
        "Retry the call, with the same Idempotency-Key if it changes something: it may have been done already.");

    public static Problem OtherSite { get; } = Make("other-site", "The request comes from another site.", 403, OtherSites.Refusal);

    public static Problem Invalid(string detail) => Make("invalid-request", "The request is not valid.", 400, detail);

    public static Problem TooLarge(string detail) => Make("too-large", "The request is too large.", 413, detail);

    public static Problem NotJson(string detail) => Make("not-json", "The Content-Type of the body is not JSON.", 415, detail);

    public static Problem From(RunException exception) => exception switch
    {
        UnknownWorkflowException => Make("unknown-workflow", "There is no such workflow.", 404, exception.Message),
        UnknownRuleException => Make("unknown-rule", "There is no such rule.", 404, exception.Message),
        UnknownRunException => Make("unknown-run", "There is no such run.", 404, exception.Message),
        UnknownOperationException => Make("unknown-operation", "There is no such operation.", 404, exception.Message),
        RunConflictException conflict => Make("conflict", "The state of the run does not allow this.", 409, exception.Message) with
        {
            Run = conflict.Run,
        },
        RunDeletedException => Make("run-deleted", "The run of this idempotency key was deleted.", 409, exception.Message),
        IdempotencyKeyReusedException =>
            Make("idempotency-key-reused", "The idempotency key was used for another request.", 422, exception.Message),
        RunNotAnsweringException => Make("not-answering", "The run has not responded.", 503, exception.Message),
        LimitNotAnsweringException => Make("not-answering", "The app has not responded.", 503, exception.Message),
        AppDrainingException => Make("draining", "The app drains.", 503, exception.Message),
        _ => Invalid(exception.Message),
    };

    public static IActionResult ToAnswer(this Problem problem) =>
        new JsonAnswer(problem.Status!.Value, problem, contentType: "application/problem+json");

    private static Problem Make(string type, string title, int status, string detail) =>
        new() { Type = $"urn:preempt:{type}", Title = title, Status = status, Detail = detail };
}

/// <summary>Ends the handling of a request with a problem.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem => problem;
}
