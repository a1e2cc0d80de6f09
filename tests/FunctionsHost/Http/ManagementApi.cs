using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Host.Config;
using Microsoft.Extensions.Primitives;

namespace Preempt.FunctionsHost.Http;

/// <summary>The durable extension's own HTTP API. The extension answers; the host has the route and asks for the admin's key.</summary>
internal static class ManagementApi
{
    public const string Path = "/runtime/webhooks/durabletask";

    /// <summary>Headers of an answer that are about its own connection.</summary>
    private static readonly HashSet<string> OfOneConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <summary>Maps it.</summary>
    /// <param name="jobs">The services of the WebJobs host, when it runs: requests wait for it.</param>
    public static void Map(WebApplication web, AccessKeys keys, Task<IServiceProvider> jobs) =>
        web.Map($"{Path}/{{**rest}}", async (HttpContext http) =>
        {
            if (!keys.Allow(http.Request, "system"))
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            using HttpRequestMessage request = new(new HttpMethod(http.Request.Method), http.Request.GetEncodedUrl())
            {
                Content = new StreamContent(http.Request.Body),
            };
            foreach (var header in http.Request.Headers)
            {
                if (!request.Headers.TryAddWithoutValidation(header.Key, header.Value.AsEnumerable()))
                    request.Content.Headers.TryAddWithoutValidation(header.Key, header.Value.AsEnumerable());
            }

            // The extension is its own handler: WebJobs finds it by this interface, and so does this host.
            var extension = (await jobs).GetServices<IExtensionConfigProvider>()
                .OfType<IAsyncConverter<HttpRequestMessage, HttpResponseMessage>>().Single();
            using HttpResponseMessage response = await extension.ConvertAsync(request, http.RequestAborted);
            await AnswerAsync(http, response);
        });

    private static async Task AnswerAsync(HttpContext http, HttpResponseMessage response)
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
