using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;
using Preempt.Http;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>One request of the management API: what it carries, read and checked.</summary>
internal sealed class ManagementCall(HttpContext http, DurableEngine engine)
{
    private const string ContinuationHeader = "x-ms-continuation-token";
    private const int DefaultTop = 100;
    private const int MaxTop = 1000;

    /// <summary>The largest body, in bytes: what a message between a Functions host and its worker may hold.</summary>
    private const int MaxBody = 4 * 1024 * 1024;

    public DurableEngine Engine => engine;

    public DurableTaskClient Client => engine.Client;

    public string InstanceId => Route("instanceId")!;

    public HttpRequest Request => http.Request;

    public HttpResponse Response => http.Response;

    /// <summary>Fires when the caller has gone.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>How many items a page may hold.</summary>
    public int Top => Text("top") is not { } text ? DefaultTop
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int top) && top is >= 1 and <= MaxTop ? top
        : throw ManagementException.BadRequest($"top \"{text}\": a whole number from 1 to {MaxTop} is expected.");

    /// <summary>A part of the path; null for an optional one that is not there.</summary>
    public string? Route(string name) => (string?)http.Request.RouteValues[name];

    /// <summary>A value of the query; null if it is not there, or empty.</summary>
    public string? Text(string name) => http.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    public bool Flag(string name, bool whenAbsent) => Text(name) is not { } text ? whenAbsent
        : bool.TryParse(text, out bool flag) ? flag
        : throw ManagementException.BadRequest($"{name} \"{text}\": true or false is expected.");

    public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time
        : throw ManagementException.BadRequest($"{name} \"{text}\": a time as in 2030-01-31T23:59:59Z is expected.");

    /// <summary>The statuses that a filter names, separated by commas; null for any.</summary>
    public IReadOnlyList<OrchestrationRuntimeStatus>? Statuses() => Text("runtimeStatus")?
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(name => Enum.TryParse(name, ignoreCase: true, out OrchestrationRuntimeStatus status) && !char.IsAsciiDigit(name[0])
            ? status
            : throw ManagementException.BadRequest(
                $"runtimeStatus \"{name}\": one of {string.Join(", ", Enum.GetNames<OrchestrationRuntimeStatus>())} is expected."))
        .ToArray();

    /// <summary>Where a list goes on; null for its start.</summary>
    public string? ContinuationToken
    {
        get
        {
            string token = http.Request.Headers[ContinuationHeader].ToString();
            try
            {
                return token.Length == 0 ? null : Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token));
            }
            catch (FormatException)
            {
                throw ManagementException.BadRequest($"{ContinuationHeader} \"{token}\": a token from an earlier response is expected.");
            }
        }
    }

    /// <summary>Tells the caller where the list goes on; null says that it ends.</summary>
    public void SetContinuation(string? token)
    {
        if (token is not null) http.Response.Headers[ContinuationHeader] = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(token));
    }

    /// <summary>The body as JSON, of a request that says that it is; null when there is none.</summary>
    public async Task<JsonElement?> ReadBodyAsync()
    {
        byte[] body = await BoundedBody.ReadAsync(http.Request, MaxBody) ?? throw ManagementException.TooLarge(MaxBody);
        if (body.Length == 0) return null;
        if (!http.Request.HasJsonContentType()) throw ManagementException.NotJson(http.Request.ContentType);
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException exception)
        {
            throw ManagementException.BadRequest($"The body is not JSON: {exception.Message}");
        }
    }

    /// <summary>The same of a request that must say so of no body too, as the platform has it.</summary>
    public async Task<JsonElement?> ReadJsonBodyAsync() => http.Request.HasJsonContentType()
        ? await ReadBodyAsync()
        : throw ManagementException.BadRequest($"The body is '{http.Request.ContentType}'; application/json is expected.");
}
