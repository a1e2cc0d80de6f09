using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Preempt.Json;

namespace Preempt.Http;

/// <summary>What all endpoints share: reading what the caller sent, and answering what went wrong.</summary>
internal static partial class Api
{
    /// <summary>The largest request body, in bytes.</summary>
    public const int MaxBody = 1024 * 1024;

    /// <summary>The platform's own parameter, an access key.</summary>
    private const string KeyParameter = "code";

    /// <summary>
    /// Handles a request; what is wrong with it becomes a problem document. Its answer and its log entries have the request's id.
    /// </summary>
    public static async Task<IActionResult> AnswerAsync(HttpRequest request, Func<Task<IActionResult>> handle)
    {
        ILogger logger = request.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Preempt.Http");
        using IDisposable? scope = RequestId.Begin(request.HttpContext, logger);
        try
        {
            return OtherSites.IsRefused(request) ? Problems.OtherSite.ToAnswer() : await handle();
        }
        catch (RunException exception)
        {
            return Problems.From(exception).ToAnswer();
        }
        catch (InvalidJsonException exception)
        {
            return Problems.Invalid(exception.Message).ToAnswer();
        }
        catch (ProblemException exception)
        {
            return exception.Problem.ToAnswer();
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.DeadlineExceeded)
        {
            logger.LogWarning(exception, "{Method} {Path} could not reach the engine", request.Method, request.Path.Value);
            return Problems.Unreachable.ToAnswer();
        }
#pragma warning disable CA1031 // Whatever went wrong, its caller gets a problem that gives nothing away; the log has the rest.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "{Method} {Path} failed", request.Method, request.Path.Value);
            return Problems.Internal.ToAnswer();
        }
    }

    /// <summary>Handles a request that needs no waiting.</summary>
    public static Task<IActionResult> AnswerAsync(HttpRequest request, Func<IActionResult> handle) =>
        AnswerAsync(request, () => Task.FromResult(handle()));

    /// <summary>Reads a JSON body; none at all is what <paramref name="whenEmpty"/> says, or a problem.</summary>
    public static async Task<T> ReadBodyAsync<T>(HttpRequest request, T? whenEmpty = null)
        where T : class
    {
        byte[] body = await ReadBytesAsync(request);
        return whenEmpty is not null && StrictJson.IsEmpty(body) ? whenEmpty : StrictJson.Read<T>(body);
    }

    /// <summary>Reads a body of any JSON; null when there is none.</summary>
    public static async Task<JsonElement?> ReadJsonAsync(HttpRequest request) => StrictJson.ReadAny(await ReadBytesAsync(request));

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request)
    {
        byte[] bytes = await BoundedBody.ReadAsync(request, MaxBody) ?? throw TooLarge();
        // A browser sends other types for any page, and asks the app first before it sends this one.
        return request.HasJsonContentType() || StrictJson.IsEmpty(bytes)
            ? bytes
            : throw new ProblemException(Problems.NotJson($"The body is {Excerpt.Of(request.ContentType ?? "")} by its Content-Type; application/json is expected."));
    }

    /// <summary>Reads a duration from the query; null when it is not there.</summary>
    public static Duration? ReadDuration(HttpRequest request, string name, Duration max)
    {
        if (ReadText(request, name) is not { } text)
            return null;
        if (!Duration.TryParse(text, out Duration duration, out string? error))
            throw Invalid($"{name}: {error}");
        return duration <= max ? duration : throw Invalid($"{name} \"{text}\": {max} at most.");
    }

    /// <summary>Reads a whole number from the query.</summary>
    public static int ReadInteger(HttpRequest request, string name, int whenAbsent, int min, int max)
    {
        if (ReadText(request, name) is not { } text)
            return whenAbsent;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= min && value <= max
            ? value
            : throw Invalid($"{name} \"{text}\": a whole number from {min} to {max} is expected.");
    }

    /// <summary>Reads true or false from the query; false when it is not there.</summary>
    public static bool ReadBoolean(HttpRequest request, string name) => ReadText(request, name) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw Invalid($"{name} \"{text}\": true or false is expected."),
    };

    /// <summary>Reads a time from the query; null when it is not there.</summary>
    public static DateTimeOffset? ReadTime(HttpRequest request, string name)
    {
        if (ReadText(request, name) is not { } text)
            return null;
        // A plus sign that nobody has escaped has become a space.
        return JsonTime().IsMatch(text.Replace(' ', '+')) && DateTimeOffset.TryParse(
            text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw Invalid($"{name} \"{text}\": a time with its offset is expected, as in 2026-11-25T08:30:00Z.");
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex JsonTime();

    /// <summary>Refuses a query with anything else in it: a condition that is written wrong must not be taken for none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="accepted">What is accepted; with a dot at the end, what begins so.</param>
    public static void CheckQuery(HttpRequest request, params IReadOnlyList<string> accepted)
    {
        foreach (string name in request.Query.Keys)
        {
            bool isKnown = name.Equals(KeyParameter, StringComparison.OrdinalIgnoreCase)
                || name.Equals(JsonAnswer.PrettyParameter, StringComparison.OrdinalIgnoreCase)
                || accepted.Any(known => known.EndsWith('.')
                ? name.Length > known.Length && name.StartsWith(known, StringComparison.OrdinalIgnoreCase)
                : name.Equals(known, StringComparison.OrdinalIgnoreCase));
            if (!isKnown)
                throw Invalid($"\"{name}\" in the query: not one of {string.Join(", ", accepted)}.");
        }
    }

    /// <summary>Reads a text from the query; null when it is not there.</summary>
    public static string? ReadText(HttpRequest request, string name) => ReadOne(request.Query[name], name);

    /// <summary>Reads a header; null when it is not there.</summary>
    public static string? ReadHeader(HttpRequest request, string name) => ReadOne(request.Headers[name], name);

    /// <summary>Reads what the caller calls the request, so that it is known when it comes again; null when it is not there.</summary>
    public static string? ReadIdempotencyKey(HttpRequest request) => ReadHeader(request, "Idempotency-Key");

    private static string? ReadOne(StringValues values, string name) => values switch
    {
        { Count: 0 } => null,
        { Count: 1 } => values[0],
        _ => throw Invalid($"{name}: given more than once."),
    };

    public static ProblemException Invalid(string detail) => new(Problems.Invalid(detail));

    private static ProblemException TooLarge() => new(Problems.TooLarge($"The body has more than {MaxBody} bytes (1 MiB), which is the most."));
}

/// <summary>A page of a list.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Cursor);
