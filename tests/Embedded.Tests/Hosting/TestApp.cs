using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting;

namespace Preempt.Embedded.Tests.Hosting;

/// <summary>A function app on a free port, with the functions of some types.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    /// <summary>How long a test waits for what must happen.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly WebApplication _app;

    private TestApp(WebApplication app, RecordedLogs logs)
    {
        _app = app;
        Logs = logs;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public RecordedLogs Logs { get; }

    public IServiceProvider Services => _app.Services;

    public DurableTaskClient Durable => Services.GetRequiredService<DurableEngine>().Client;

    public static EmbeddedAppBuilder NewBuilder(Type[] types, params string[] args) => new EmbeddedAppBuilder(
        ["--urls", "http://127.0.0.1:0", "--Preempt:Store", "memory", .. args], () => types);

    public static Task<TestApp> StartAsync(params Type[] types) => StartAsync(NewBuilder(types));

    public static async Task<TestApp> StartAsync(EmbeddedAppBuilder builder)
    {
        RecordedLogs logs = new();
        builder.Logging.ClearProviders().AddProvider(logs);
        WebApplication app = builder.Build();
        await app.StartAsync();
        return new(app, logs);
    }

    /// <summary>Calls the durable management API.</summary>
    public async Task<HttpResponseMessage> ManageAsync(
        string method, string path, string body = "", string contentType = "application/json", string? continuation = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), $"/runtime/webhooks/durabletask/{path}");
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, contentType);
        if (continuation is not null) request.Headers.Add("x-ms-continuation-token", continuation);
        return await Http.SendAsync(request);
    }

    public Task StopAsync() => _app.StopAsync();

    /// <summary>What a signal to the process does first.</summary>
    public void SignalStop() => Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordedLogs : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Message, Exception? Exception)> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception), exception));

    public void Dispose()
    {
        // Nothing is held.
    }
}
