using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Preempt.Embedded.Hosting;

/// <summary>Where settings tell the app to listen.</summary>
internal static class ListenAddresses
{
    public const string Default = "http://127.0.0.1:7071";

    /// <summary>
    /// The addresses that settings name; none if they are silent. Ports count only where no URL is named, as in the server.
    /// </summary>
    public static IReadOnlyList<string> Of(IConfiguration app)
    {
        string[] urls = Split(app["urls"]);
        string[] ports =
        [
            .. Split(app["http_ports"]).Select(port => $"http://*:{port}"),
            .. Split(app["https_ports"]).Select(port => $"https://*:{port}"),
        ];
        IEnumerable<string> endpoints = app.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => endpoint["Url"])
            .OfType<string>();
        return [.. endpoints, .. urls.Length > 0 ? urls : ports];
    }

    /// <summary>
    /// The names by which an app that only its own machine may call is called: any other was made to lead here, by somebody whose page a browser shows.
    /// </summary>
    public static IList<string> LocalNames(IConfiguration app) =>
    [
        "localhost", "127.0.0.1", "[::1]",
        .. Of(app).Select(BindingAddress.Parse).Where(address => !address.IsUnixPipe && !address.IsNamedPipe).Select(address => address.Host),
    ];

    /// <summary>Whether only this machine can reach an address. <c>localhost</c> and sockets of the file system are such.</summary>
    public static bool IsLoopback(string address)
    {
        BindingAddress parsed = BindingAddress.Parse(address);
        return parsed.IsUnixPipe
            || parsed.IsNamedPipe
            || string.Equals(parsed.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(parsed.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
