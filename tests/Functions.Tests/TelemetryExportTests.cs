using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Text;
using Azure.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Preempt.Functions.Telemetry;

namespace Preempt.Functions.Tests;

public sealed class TelemetryExportTests : IAsyncLifetime
{
    private const int FlushMilliseconds = 10_000;
    private readonly ConcurrentDictionary<string, string> _received = new();
    private WebApplication _collector = null!;
    private string _address = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _collector = builder.Build();
        _collector.Urls.Add("http://127.0.0.1:0");
        _collector.MapPost("/{**path}", ReceiveAsync);
        await _collector.StartAsync();
        _address = _collector.Urls.Single();
    }

    public async ValueTask DisposeAsync() => await _collector.DisposeAsync();

    [Fact]
    public void Traces_and_metrics_go_to_the_collector_that_the_settings_name()
    {
        SayAndFlush(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" });

        Assert.Contains("a span of a test", _received["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("test.said", _received["/v1/metrics"], StringComparison.Ordinal);
    }

    [Fact]
    public void Traces_and_metrics_go_to_application_insights()
    {
        SayAndFlush(new() { ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = $"InstrumentationKey={Guid.Empty};IngestionEndpoint={_address}/" });

        Assert.Contains("a span of a test", _received["/v2.1/track"], StringComparison.Ordinal);
        Assert.Contains("test.said", _received["/v2.1/track"], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_setting_nothing_listens_and_nothing_is_sent()
    {
        using ServiceProvider services = Services([]);
        Assert.Null(services.GetService<TracerProvider>());
        Assert.Null(services.GetService<MeterProvider>());
    }

    [Fact]
    public void A_setting_that_names_an_identity_is_read()
    {
        Assert.IsType<ManagedIdentityCredential>(TelemetryExport.Credential("ClientId=7c1d;Authorization=AAD"));
        Assert.IsType<ManagedIdentityCredential>(TelemetryExport.Credential("Authorization=AAD"));
        Assert.Null(TelemetryExport.Credential(null));
    }

    [Theory]
    [InlineData("ClientId=7c1d")]
    [InlineData("Authorization=Key")]
    [InlineData("nonsense")]
    public void One_that_does_not_says_what_is_accepted(string setting)
    {
        FormatException error = Assert.Throws<FormatException>(() => TelemetryExport.Credential(setting));
        Assert.Contains($"\"{setting}\": expected \"Authorization=AAD\"", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection().AddLogging().AddSingleton(configuration).AddTelemetryExport(configuration).BuildServiceProvider();
    }

    /// <summary>Traces and measures as Preempt does, and waits until it is sent.</summary>
    private static void SayAndFlush(Dictionary<string, string?> settings)
    {
        using ServiceProvider services = Services(settings);
        TracerProvider traces = services.GetRequiredService<TracerProvider>();
        MeterProvider metrics = services.GetRequiredService<MeterProvider>();
        using ActivitySource source = new(PreemptTelemetry.Name);
        using Meter meter = new(PreemptTelemetry.Name);
        meter.CreateCounter<long>("test.said").Add(1);
        source.StartActivity("a span of a test")?.Dispose();
        Assert.True(traces.ForceFlush(FlushMilliseconds));
        Assert.True(metrics.ForceFlush(FlushMilliseconds));
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        Stream body = context.Request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
            : context.Request.Body;
        using StreamReader reader = new(body, Encoding.UTF8);
        string text = await reader.ReadToEndAsync();
        _received.AddOrUpdate(context.Request.Path, text, (_, before) => before + text);
        if (context.Request.Path == "/v2.1/track")
            await context.Response.WriteAsJsonAsync(new { itemsReceived = 1, itemsAccepted = 1, errors = Array.Empty<string>() });
    }
}
