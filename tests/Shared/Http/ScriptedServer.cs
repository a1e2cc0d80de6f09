using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Preempt.Tests.Shared;

/// <summary>A server that answers as a test says, for answers that a sound app does not give.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private ScriptedServer(WebApplication server) => _server = server;

    /// <summary>What was asked: method, path, and headers by name.</summary>
    public ConcurrentQueue<SeenRequest> Requests { get; } = [];

    public Uri Address => new(_server.Urls.Single());

    /// <summary>Starts a server whose answer to each request is written by the given code.</summary>
    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication server = builder.Build();
        ScriptedServer scripted = new(server);
        int count = 0;
        server.Run(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            scripted.Requests.Enqueue(new SeenRequest(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString.Value,
                context.Request.Headers.ToDictionary(header => header.Key, header => $"{header.Value}", StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync()));
            await answer(context, Interlocked.Increment(ref count));
        });
        await server.StartAsync();
        return scripted;
    }

    /// <summary>Starts a server that always answers the same.</summary>
    public static Task<ScriptedServer> StartAsync(int status, string body, string contentType = "application/json") =>
        StartAsync((context, _) => WriteAsync(context, status, body, contentType));

    public static Task WriteAsync(HttpContext context, int status, string body, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

internal sealed record SeenRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);
