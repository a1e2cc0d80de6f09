using Microsoft.Extensions.Primitives;

namespace Preempt.FunctionsHost.Http;

/// <summary>
/// Passes a request on to the worker's own web server, which knows by a header to which invocation it belongs. So a request takes two
/// ways: its invocation on the stream, and itself over HTTP; the worker brings them together.
/// </summary>
internal sealed class HttpForwarder : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    private static readonly HashSet<string> OfOneConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Host", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Forwards a request, and answers it with what the worker answers.</summary>
    public async Task ForwardAsync(HttpContext http, Uri worker, string invocationId)
    {
        using HttpRequestMessage request = new(new HttpMethod(http.Request.Method), new Uri(worker, $"{http.Request.Path.ToUriComponent()}{http.Request.QueryString}"))
        {
            Content = http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0 ? new StreamContent(http.Request.Body) : null,
        };
        foreach ((string name, StringValues values) in http.Request.Headers.Where(header => !OfOneConnection.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        request.Headers.Host = http.Request.Host.Value;
        request.Headers.Add(InvocationHeader, invocationId);
        using HttpResponseMessage response = await _client.SendAsync(request, http.RequestAborted);
        await AnswerAsync(http, response);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Answers a request with a response from elsewhere.</summary>
    public static async Task AnswerAsync(HttpContext http, HttpResponseMessage response)
    {
        http.Response.StatusCode = (int)response.StatusCode;
        foreach ((string name, IEnumerable<string> values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!OfOneConnection.Contains(name))
                http.Response.Headers[name] = new StringValues([.. values]);
        }

        await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
