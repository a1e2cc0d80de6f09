using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Preempt.Json;

namespace Preempt.Http;

/// <summary>An answer with a JSON body.</summary>
internal sealed class JsonAnswer(int status, object body, string? location = null, string contentType = "application/json") : IActionResult
{
    /// <summary>How the API writes JSON.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new UtcTimeConverter(), new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether the answer has a tag, and a caller who has this body already is only told so.</summary>
    public bool HasEntityTag { get; init; }

    public async Task ExecuteResultAsync(ActionContext context)
    {
        HttpResponse response = context.HttpContext.Response;
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Options);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = HasEntityTag ? "private, no-cache" : "no-store";
        if (location is not null)
            response.Headers.Location = location;
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

    private static EntityTagHeaderValue TagOf(byte[] json) => new($"\"{Base64Url.EncodeToString(SHA256.HashData(json).AsSpan(0, 15))}\"");

    private static bool Knows(HttpRequest request, EntityTagHeaderValue tag) => request.GetTypedHeaders().IfNoneMatch
        .Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
}
