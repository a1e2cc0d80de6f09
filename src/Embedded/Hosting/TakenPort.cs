using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Preempt.Embedded.Hosting;

/// <summary>Finds out before the app starts whether another process listens where it is to listen: the commonest reason why a first start fails.</summary>
internal static class TakenPort
{
    /// <summary>A line that says which port is taken and what to do; null when none is.</summary>
    public static string? Find(IConfiguration app)
    {
        IReadOnlyList<string> addresses = ListenAddresses.Of(app) is { Count: > 0 } named ? named : [ListenAddresses.Default];
        return addresses.FirstOrDefault(IsTaken) is { } taken
            ? $"{taken} is taken: another process listens there. Name another address, as in: dotnet run --urls http://127.0.0.1:{FreePort()}"
            : null;
    }

    private static bool IsTaken(string address)
    {
        BindingAddress parsed = BindingAddress.Parse(address);
        IPAddress? ip = parsed.IsUnixPipe || parsed.IsNamedPipe || parsed.Port == 0 ? null : parsed.Host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" or "+" => IPAddress.Any,
            var host => IPAddress.TryParse(host, out IPAddress? known) ? known : null,
        };
        if (ip is null)
            return false;
        using TcpListener listener = new(ip, parsed.Port);
        try
        {
            listener.Start();
            return false;
        }
        catch (SocketException exception)
        {
            // Whatever else is wrong with the address, the server says when it tries it.
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
