using Azure.Core;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Preempt.Functions.Telemetry;

/// <summary>
/// Sends traces and metrics to where the settings say: over OTLP with <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, to Application Insights with
/// <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c>, to both, or nowhere. Logs are the host's to send.
/// </summary>
internal static class TelemetryExport
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string AuthenticationString = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string Sampler = "OTEL_TRACES_SAMPLER";

    /// <summary>
    /// What is recorded of a trace beside Preempt's own: the request or the invocation that a run is started in. Were those left out, a
    /// run would follow their decision not to be recorded.
    /// </summary>
    private static readonly string[] Sources = [PreemptTelemetry.Name, "Microsoft.AspNetCore", "Microsoft.Azure.Functions.Worker"];

    /// <summary>Adds what the settings ask for.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="settings">The app's settings.</param>
    /// <returns>The services.</returns>
    /// <exception cref="FormatException">A setting cannot be read.</exception>
    public static IServiceCollection AddTelemetryExport(this IServiceCollection services, IConfiguration settings)
    {
        bool toCollector = !string.IsNullOrEmpty(settings[OtlpEndpoint]);
        bool toInsights = !string.IsNullOrEmpty(settings[ConnectionString]);
        if (!toCollector && !toInsights)
            return services;
        IOpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("preempt").AddEnvironmentVariableDetector())
            .WithTracing(traces => traces.AddSource(Sources))
            .WithMetrics(metrics => metrics.AddMeter(PreemptTelemetry.Name));
        if (toCollector)
            telemetry.WithTracing(traces => traces.AddOtlpExporter()).WithMetrics(metrics => metrics.AddOtlpExporter());
        if (toInsights)
            SendToInsights(telemetry, settings);
        return services;
    }

    private static void SendToInsights(IOpenTelemetryBuilder telemetry, IConfiguration settings)
    {
        TokenCredential? credential = Credential(settings[AuthenticationString]);
        void Configure(AzureMonitorExporterOptions options)
        {
            options.ConnectionString = settings[ConnectionString];
            options.Credential = credential;
            // By default five traces a second are kept: an operator's question about one run would go unanswered.
            if (settings[Sampler] is null)
                (options.TracesPerSecond, options.SamplingRatio) = (null, 1);
        }

        telemetry
            .WithTracing(traces => traces.AddAzureMonitorTraceExporter(Configure))
            .WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter(Configure));
    }

    /// <summary>The identity that a setting such as <c>ClientId=...;Authorization=AAD</c> names; null for none.</summary>
    internal static TokenCredential? Credential(string? setting)
    {
        if (string.IsNullOrEmpty(setting))
            return null;
        Dictionary<string, string> parts = setting.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part[^1], StringComparer.OrdinalIgnoreCase);
        if (!parts.TryGetValue("Authorization", out string? kind) || !kind.Equals("AAD", StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"{AuthenticationString} \"{setting}\": expected \"Authorization=AAD\", or \"ClientId=<client id>;Authorization=AAD\".");
        return new ManagedIdentityCredential(
            parts.TryGetValue("ClientId", out string? id) ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned);
    }
}
