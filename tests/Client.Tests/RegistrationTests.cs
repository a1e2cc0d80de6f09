using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Preempt.Tests.Shared;

namespace Preempt.Client.Tests;

public sealed class RegistrationTests
{
    private const string Run = """{"id":"a","workflow":"w","version":"1","status":"Succeeded","queuedAt":"2026-01-01T00:00:00Z"}""";

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registered_client_tries_again_and_logs_no_key()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            (context, count) => ScriptedServer.WriteAsync(context, count == 1 ? 503 : 200, Run));
        LogLines log = new();
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddPreemptClient(client =>
        {
            client.BaseUrl = server.Address;
            client.ApiKey = "secret-key";
            client.RetryDelay = TimeSpan.Zero;
        });
        using IHost host = builder.Build();
        await host.StartAsync(TestEnd);
        Assert.Equal("a", (await host.Services.GetRequiredService<PreemptHttpClient>().GetAsync("a", TestEnd)).Id);

        Assert.Equal(["secret-key", "secret-key"], server.Requests.Select(request => request.Headers["x-functions-key"]));
        Assert.Contains(log.Lines, line => line.Contains("/api/runs/a", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("secret-key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, "BaseUrl: required")]
    [InlineData("relative/path", null, "absolute http or https")]
    [InlineData("ftp://host", null, "absolute http or https")]
    [InlineData("https://user:hunter2@host", null, "user name or a password")]
    [InlineData("https://host?code=hunter2", null, "a query or a fragment")]
    [InlineData("https://host", "hunter2\r\nx: y", "ApiKey")]
    [InlineData("https://host", "", "ApiKey")]
    public async Task Options_that_are_not_valid_end_the_start_and_show_no_secret(string? url, string? key, string mentioned)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddPreemptClient(client =>
        {
            client.BaseUrl = url is null ? null : new Uri(url, UriKind.RelativeOrAbsolute);
            client.ApiKey = key;
        });
        using IHost host = builder.Build();
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestEnd));
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:7071", "http://127.0.0.1:7071/api/")]
    [InlineData("https://host/", "https://host/api/")]
    [InlineData("https://host/api", "https://host/api/")]
    [InlineData("https://host/preempt/api/", "https://host/preempt/api/")]
    public void A_base_url_with_a_path_is_that_of_the_api(string url, string api) =>
        Assert.Equal(api, new PreemptClientOptions { BaseUrl = new Uri(url) }.ApiAddress.ToString());

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = [];

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            _lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
