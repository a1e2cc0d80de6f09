using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Preempt.Tests.Shutdown;

public sealed class HostWatchTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TcpListener _host = new(IPAddress.Loopback, 0);
    private readonly Lifetime _app = new();

    public void Dispose()
    {
        _host.Dispose();
        _app.Dispose();
    }

    [Fact]
    public async Task A_worker_ends_when_its_host_is_gone_and_not_before()
    {
        _host.Start();
        using HostWatch watch = new(
            new Uri($"http://{_host.LocalEndpoint}/"), _app, TimeProvider.System, NullLogger<HostWatch>.Instance, TimeSpan.FromMilliseconds(20));
        await watch.StartAsync(TestContext.Current.CancellationToken);
        for (int looks = 0; looks < 5; looks++)
            (await _host.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Dispose();
        Assert.False(_app.ApplicationStopping.IsCancellationRequested);

        _host.Stop();

        await watch.ExecuteTask!.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.True(_app.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_watch_ends_with_its_app()
    {
        _host.Start();
        using HostWatch watch = new(
            new Uri($"http://{_host.LocalEndpoint}/"), _app, TimeProvider.System, NullLogger<HostWatch>.Instance, TimeSpan.FromHours(1));
        await watch.StartAsync(TestContext.Current.CancellationToken);

        await watch.StopAsync(TestContext.Current.CancellationToken);

        Assert.False(_app.ApplicationStopping.IsCancellationRequested);
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
