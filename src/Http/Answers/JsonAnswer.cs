using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Preempt.Json;

namespace Preempt.Http;

/// <summary>An answer with a JSON body.</summary>
internal sealed class JsonAnswer(int status, object body, string? location = null, string contentType = "application/json") : IActionResult
{
    /// <summary>The query's parameter that has any answer indented.</summary>
    public const string PrettyParameter = "pretty";

    /// <summary>How the API writes JSON.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new UtcTimeConverter(), new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether the answer has a tag, and a caller who has this body already is only told so.</summary>
    public bool HasEntityTag { get; init; }

    /// <summary>When the caller may try again what was turned away, UTC; null where nothing was.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    public async Task ExecuteResultAsync(ActionContext context)
    {
        HttpResponse response = context.HttpContext.Response;
        ReadOnlyMemory<byte> json = Write(isIndented: IsForPeople(context.HttpContext.Request));
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = HasEntityTag ? "private, no-cache" : "no-store";
        if (location is not null)
            response.Headers.Location = location;
        if (RetryAt - DateTimeOffset.UtcNow is { } pause && pause > TimeSpan.Zero)
            response.Headers.RetryAfter = Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (HasEntityTag)
        {
            EntityTagHeaderValue tag = TagOf(json);
            response.GetTypedHeaders().ETag = tag;
            if (Knows(context.HttpContext.Request, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, context.HttpContext.RequestAborted);
    }

    /// <summary>The body, with a line break at its end: what a terminal shows next begins on a line of its own.</summary>
    private ReadOnlyMemory<byte> Write(bool isIndented)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = isIndented, Encoder = Options.Encoder }))
            JsonSerializer.Serialize(writer, body, body.GetType(), Options);
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>Whether the caller asks for lines that people can read: <c>?pretty</c>.</summary>
    private static bool IsForPeople(HttpRequest request) =>
        request.Query.TryGetValue(PrettyParameter, out StringValues pretty) && pretty != "false";

    private static EntityTagHeaderValue TagOf(ReadOnlyMemory<byte> json) =>
        new($"\"{Base64Url.EncodeToString(SHA256.HashData(json.Span).AsSpan(0, 15))}\"");

    private static bool Knows(HttpRequest request, EntityTagHeaderValue tag) => request.GetTypedHeaders().IfNoneMatch
        .Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
}
