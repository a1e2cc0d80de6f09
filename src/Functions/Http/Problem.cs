using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Preempt.Functions.Http;

/// <summary>What was wrong with a request, as RFC 9457 has it. Types are stable; titles and details are for people.</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail)
{
    /// <summary>The run as it is, where that is what stands in the way.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Run? Run { get; init; }

    public static Problem Invalid(string detail) => new("urn:preempt:invalid-request", "The request is not valid.", 400, detail);

    public static Problem TooLarge(string detail) => new("urn:preempt:too-large", "The request is too large.", 413, detail);

    public static Problem Internal { get; } =
        new("urn:preempt:internal-error", "The app could not do this.", 500, "The app's log says why. It may work when tried again.");

    public static Problem From(RunException exception) => exception switch
    {
        UnknownWorkflowException => new("urn:preempt:unknown-workflow", "There is no such workflow.", 404, exception.Message),
        UnknownRunException => new("urn:preempt:unknown-run", "There is no such run.", 404, exception.Message),
        UnknownOperationException => new("urn:preempt:unknown-operation", "There is no such operation.", 404, exception.Message),
        RunConflictException conflict => new("urn:preempt:conflict", "The run is not in a state for this.", 409, exception.Message)
        {
            Run = conflict.Run,
        },
        AppDrainingException => new("urn:preempt:draining", "The app drains.", 503, exception.Message),
        _ => Invalid(exception.Message),
    };

    public IActionResult ToAnswer() => new JsonAnswer(Status, this, contentType: "application/problem+json");
}

/// <summary>Ends the handling of a request with a problem.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem => problem;
}
