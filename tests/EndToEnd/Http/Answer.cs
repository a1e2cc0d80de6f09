using System.Net;
using System.Text.Json;

namespace Preempt.EndToEnd.Http;

/// <summary>What the app answered to one request.</summary>
/// <param name="Request">The request in words, for failure messages.</param>
internal sealed record Answer(string Request, HttpStatusCode Status, string? ContentType, Uri? Location, string Text)
{
    /// <summary>The headers of the answer, those of its body among them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the body, after checking the status.</summary>
    public T Read<T>(HttpStatusCode expected)
    {
        Expect(expected);
        try
        {
            return JsonSerializer.Deserialize<T>(Text, ApiJson.Options)!;
        }
        catch (JsonException exception)
        {
            throw Failure($"expected a {typeof(T).Name}: {exception.Message}");
        }
    }

    /// <summary>Checks that this is an error of this status, told as RFC 9457 asks, with this text in its detail.</summary>
    public Problem ExpectProblem(HttpStatusCode expected, string detail)
    {
        Problem problem = Read<Problem>(expected);
        if (ContentType != "application/problem+json")
            throw Failure("expected the content type application/problem+json");
        if (problem.Status != (int)expected || problem.Type.Length == 0 || problem.Title.Length == 0)
            throw Failure($"expected a problem with a type, a title and the status {(int)expected}");
        return problem.Detail.Contains(detail, StringComparison.OrdinalIgnoreCase)
            ? problem
            : throw Failure($"expected a detail that mentions \"{detail}\"");
    }

    public void Expect(HttpStatusCode expected)
    {
        if (Status != expected)
            throw Failure($"expected {(int)expected} {expected}");
    }

    private Xunit.Sdk.XunitException Failure(string problem) =>
        new($"{Request}\n{problem}, got {(int)Status} {Status}, {ContentType}:\n{Text}");
}
