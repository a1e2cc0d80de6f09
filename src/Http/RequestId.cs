using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Preempt.Http;

/// <summary>
/// The id of a request, which its answer and its log entries have: the caller's own, where it is one that can stand in a header and in a
/// log without doing harm there.
/// </summary>
internal static class RequestId
{
    private const string Header = "X-Request-Id";
    private const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Gives the answer its id, and until the result is disposed also what is logged.</summary>
    public static IDisposable? Begin(HttpContext http, ILogger logger)
    {
        string id = http.Request.Headers[Header] is [{ Length: > 0 and <= MaxLength } own] && !own.AsSpan().ContainsAnyExcept(Allowed)
            ? own
            : RandomNumberGenerator.GetHexString(32, lowercase: true);
        http.Response.Headers[Header] = id;
        return logger.BeginScope(new Dictionary<string, object> { ["RequestId"] = id });
    }
}
