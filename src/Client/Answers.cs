using System.Net;
using System.Text.Json;
using Preempt.Client.Json;

namespace Preempt.Client;

/// <summary>What an app's answer means. Bodies are in memory already, and bounded.</summary>
internal static class Answers
{
    private const int LongestExcerpt = 200;

    /// <summary>The value of a good answer.</summary>
    /// <exception cref="UnexpectedAnswerException">It holds something else.</exception>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<T>(body, ClientJson.Options) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException exception)
        {
            throw NotPreempt(response, body, exception.Message);
        }
    }

    /// <summary>The exception that an answer without success stands for.</summary>
    public static async Task<RunException> ReadErrorAsync(
        HttpResponseMessage response, PreemptClientOptions options, CancellationToken cancellationToken)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        Problem? problem = ReadProblem(response, body);
        HttpStatusCode status = response.StatusCode;
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return new AccessDeniedException(DescribeDenial(response, options), status, problem);
        if (status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            return Unavailable(response, problem);
        string message = problem?.Detail ?? problem?.Title ?? "";
        return problem?.Type switch
        {
            "urn:preempt:unknown-workflow" => new UnknownWorkflowException(message, status, problem),
            "urn:preempt:unknown-rule" => new UnknownRuleException(message, status, problem),
            "urn:preempt:unknown-run" => new UnknownRunException(message, status, problem),
            "urn:preempt:unknown-operation" => new UnknownOperationException(message, status, problem),
            { } type when type.StartsWith("urn:preempt:", StringComparison.Ordinal) && status == HttpStatusCode.Conflict =>
                new RunConflictException(message, status, problem),
            { } type when type.StartsWith("urn:preempt:", StringComparison.Ordinal) && (int)status is >= 400 and < 500 =>
                new InvalidRunException(message, status, problem),
            _ => NotPreempt(response, body, ReasonOf(response), problem),
        };
    }

    private static Problem? ReadProblem(HttpResponseMessage response, byte[] body)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return null;
        try
        {
            return JsonSerializer.Deserialize<Problem>(body, ClientJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string DescribeDenial(HttpResponseMessage response, PreemptClientOptions options) => options.ApiKey is null
        ? $"{Place(response)} needs a key, and none was given."
        : $"{Place(response)} does not accept the key that was given; some calls need the admin key.";

    private static AppUnavailableException Unavailable(HttpResponseMessage response, Problem? problem)
    {
        TimeSpan? after = response.Headers.RetryAfter?.Delta;
        string detail = problem?.Detail ?? problem?.Title ?? ReasonOf(response);
        return problem?.Type == "urn:preempt:draining"
            ? new AppDrainingException(detail, response.StatusCode, problem, after)
            : new AppUnavailableException(detail, response.StatusCode, problem, after);
    }

    private static string ReasonOf(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        >= 300 and < 400 => $"it redirects to {response.Headers.Location}, and redirects are not followed",
        404 => "there is nothing at this path. Is the base URL the address of a Preempt app?",
        >= 500 => "the app failed; its log says why",
        _ => "this response was not expected",
    };

    private static UnexpectedAnswerException NotPreempt(HttpResponseMessage response, byte[] body, string why, Problem? problem = null)
    {
        string type = response.Content.Headers.ContentType?.MediaType ?? "no content type";
        string message = $"{Place(response)} answered {(int)response.StatusCode} ({type}): {why}";
        string excerpt = problem is null ? Excerpt(body) : $"{problem.Title} {problem.Detail}".Trim();
        return new UnexpectedAnswerException(excerpt.Length == 0 ? message : $"{message}\n{excerpt}", response.StatusCode, problem);
    }

    private static string Place(HttpResponseMessage response) =>
        response.RequestMessage is { } request ? $"{request.Method} {request.RequestUri}" : "The app";

    private static string Excerpt(byte[] body)
    {
        string text = System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, LongestExcerpt))).Trim();
        return body.Length > LongestExcerpt ? text + "…" : text;
    }
}
