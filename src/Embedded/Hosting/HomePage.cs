using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Hosting;

/// <summary>
/// What somebody sees first: <c>/</c> leads to the app's dashboard, and the console says where that is, and what to try. The dashboard is the
/// function with the route <c>dashboard</c> that needs no key; what to try is the entry assembly's metadata <c>TryIt</c>.
/// </summary>
internal static class HomePage
{
    private const string DashboardRoute = "dashboard";
    private const string TryIt = "TryIt";

    /// <summary>Stands in <c>TryIt</c> for where the app listens.</summary>
    private const string Address = "{address}";

    public static void Map(WebApplication app, string routePrefix, IEnumerable<FunctionDescriptor> functions)
    {
        bool hasDashboard = functions.Any(function => function.Kind == TriggerKind.Http
            && function.AuthLevel == AuthorizationLevel.Anonymous
            && string.Equals(function.Route?.Template, DashboardRoute, StringComparison.OrdinalIgnoreCase));
        if (hasDashboard && routePrefix.Length > 0)
            app.MapGet("/", () => Results.Redirect($"/{routePrefix}/{DashboardRoute}"));
        app.Lifetime.ApplicationStarted.Register(() => Tell(app, hasDashboard));
    }

    private static void Tell(WebApplication app, bool hasDashboard)
    {
        string? listening = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        if (listening is null)
            return;
        // A person opens it on this machine, whichever of its addresses the app listens on.
        string address = listening.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal);
        string? command = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(metadata => metadata.Key == TryIt)?.Value?.Replace(Address, address, StringComparison.Ordinal);
        string[] lines = [.. new[] { hasDashboard ? $"Dashboard: {address}/" : null, command is null ? null : $"Try it:    {command}" }.OfType<string>()];
        // One entry, so that it stands together, behind those of the host.
        if (lines.Length > 0)
            app.Logger.LogInformation("{Lines}", string.Join(Environment.NewLine, lines));
    }
}
