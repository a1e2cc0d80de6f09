using Yarp.ReverseProxy.Forwarder;

namespace Preempt.FunctionsHost.Http;

/// <summary>
/// Passes a request on to the worker's own web server, which knows by a header to which invocation it belongs. So a request takes two
/// ways: its invocation on the stream, and itself over HTTP; the worker brings them together.
/// </summary>
internal sealed class HttpForwarder : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    private static readonly ForwarderRequestConfig Limits = new() { ActivityTimeout = TimeSpan.FromMinutes(4) };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Forwards a request, and answers it with what the worker answers.</summary>
    /// <exception cref="HttpRequestException">The worker did not answer.</exception>
    public async Task ForwardAsync(HttpContext http, Uri worker, string invocationId)
    {
        IHttpForwarder forwarder = http.RequestServices.GetRequiredService<IHttpForwarder>();
        ForwarderError error = await forwarder.SendAsync(http, worker.OriginalString, _client, Limits, (_, request) =>
        {
            request.Headers.Add(InvocationHeader, invocationId);
            return ValueTask.CompletedTask;
        });
        if (error != ForwarderError.None)
            throw new HttpRequestException($"The worker did not answer: {error}.", http.Features.Get<IForwarderErrorFeature>()?.Exception);
    }

    public void Dispose() => _client.Dispose();
}
