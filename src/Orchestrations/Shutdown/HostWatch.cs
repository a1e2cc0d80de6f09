using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// Ends a worker whose Functions host is gone. A host that is killed leaves its worker behind: what that still does nobody hears of, since
/// its runs go on elsewhere, and it would read stop notices for ever.
/// </summary>
internal sealed partial class HostWatch(
    Uri host, IHostApplicationLifetime app, TimeProvider time, ILogger<HostWatch> logger, TimeSpan interval) : BackgroundService
{
    /// <summary>How long the worker lives on at most.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>A host that is busy still accepts connections; one that refuses them time after time is not there.</summary>
    private const int MaxRefusals = 3;

    public HostWatch(Uri host, IHostApplicationLifetime app, TimeProvider time, ILogger<HostWatch> logger)
        : this(host, app, time, logger, Interval)
    {
    }

    /// <summary>
    /// Where the Functions host listens that has started this process; null when none has. It says where, and may start more processes of
    /// the app, here and on other machines. Nothing else does.
    /// </summary>
    public static Uri? FindHost(IConfiguration configuration) =>
        Uri.TryCreate(configuration["Functions:Worker:HostEndpoint"], UriKind.Absolute, out Uri? host) ? host : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(interval, time);
        for (int refusals = 0; refusals < MaxRefusals;)
        {
            await timer.WaitForNextTickAsync(stoppingToken);
            refusals = await IsRefusedAsync(stoppingToken) ? refusals + 1 : 0;
        }

        LogHostGone(host);
        app.StopApplication();
    }

    private async Task<bool> IsRefusedAsync(CancellationToken cancellationToken)
    {
        try
        {
            using TcpClient connection = new();
            await connection.ConnectAsync(host.Host, host.Port, cancellationToken);
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The Functions host at {Host} is gone; its worker ends")]
    private partial void LogHostGone(Uri host);
}
