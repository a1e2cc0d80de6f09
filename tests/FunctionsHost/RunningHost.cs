using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Preempt.FunctionsHost.Http;
using Preempt.FunctionsHost.Invocations;
using Preempt.FunctionsHost.Jobs;
using Preempt.FunctionsHost.Worker;

namespace Preempt.FunctionsHost;

/// <summary>
/// A host at work, from the outside in: a web server for callers, WebJobs with its listeners, and one worker that runs the functions.
/// It starts from the inside out, since only the worker knows which functions there are, and stops the other way round.
/// </summary>
internal sealed class RunningHost : IAsyncDisposable
{
    /// <summary>What running invocations get when the host is told to stop.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopCheck = TimeSpan.FromMilliseconds(50);
    private const long MaxBodyBytes = 100 * 1024 * 1024;

    private readonly ILoggerFactory _loggers;
    private readonly WorkerServer _server;
    private readonly WorkerSupervisor _workers;
    private readonly HttpForwarder _forwarder = new();
    private FunctionDispatcher? _dispatcher;
    private WebApplication? _web;
    private IHost? _jobs;

    private RunningHost(ILoggerFactory loggers, WorkerServer server, WorkerSupervisor workers) =>
        (_loggers, _server, _workers) = (loggers, server, workers);

    /// <summary>Where callers reach it.</summary>
    public string Address => _web!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Starts a host of the app; it listens when this returns.</summary>
    public static async Task<RunningHost> StartAsync(FunctionApp app, string urls)
    {
        IConfiguration settings = app.ReadSettings();
        ILoggerFactory loggers = LoggerFactory.Create(logging => logging
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            // It logs whole addresses, and there can be a key in one.
            .AddFilter("Yarp", LogLevel.Warning)
            // Of the servers that are started here, callers need to know one, and when all is ready.
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            .AddConfiguration(settings.GetSection($"{FunctionApp.HostSection}:logging"))
            .AddConfiguration(settings.GetSection("Logging"))
            .AddConsole());
        WorkerServer server = await WorkerServer.StartAsync(loggers);
        RunningHost host = new(loggers, server, new(app, server, loggers));
        try
        {
            await host.StartAsync(settings, urls);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the process is asked to stop.</summary>
    public async Task WaitForStopSignalAsync()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        await asked.Task;
        _loggers.CreateLogger<RunningHost>().Stopping();

        void Ask(PosixSignalContext signal)
        {
            signal.Cancel = true;
            asked.TrySetResult();
        }
    }

    /// <summary>
    /// Stops: WebJobs takes nothing new and cancels what runs, which has its grace to answer; then the worker is told to end.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_jobs is not null)
            await StopJobsAsync(_jobs);
        await _workers.DisposeAsync();
        if (_web is not null)
            await _web.DisposeAsync();
        _jobs?.Dispose();
        _forwarder.Dispose();
        await _server.DisposeAsync();
        _loggers.Dispose();
    }

    private async Task StartAsync(IConfiguration settings, string urls)
    {
        IReadOnlyList<WorkerFunction> functions = await _workers.StartAsync();
        _dispatcher = new(_workers, _forwarder, functions, settings.GetValue("FunctionsHost:TurnDelay", TimeSpan.Zero), SuddenDeath.Read(settings));
        EmittedFunctions emitted = new(functions);
        emitted.PassTo(_dispatcher.RunAsync);

        AccessKeys keys = new(settings);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(urls).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBodyBytes);
        builder.Services.AddSingleton(_loggers).AddRoutingCore().AddHttpForwarder();
        _web = builder.Build();
        _web.UseRouting();
        string prefix = settings[$"{FunctionApp.HostSection}:extensions:http:routePrefix"] ?? "api";
        TaskCompletionSource<IServiceProvider> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HttpFunctions.Map(_web, functions, prefix, keys, started.Task);
        ManagementApi.Map(_web, keys, started.Task);
        // WebJobs needs the address, so the web server starts first; its callers wait.
        await _web.StartAsync();
        _jobs = JobHostServices.Build(settings, _loggers, emitted, new Uri(new Uri(Address), ManagementApi.Path));
        await _jobs.StartAsync();
        started.SetResult(_jobs.Services);
    }

    private async Task StopJobsAsync(IHost jobs)
    {
        long start = Stopwatch.GetTimestamp();
        using CancellationTokenSource grace = new(StopGrace);
        Task stopping = jobs.StopAsync(grace.Token);
        await stopping.WaitAsync(StopGrace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_dispatcher!.Running > 0 && Stopwatch.GetElapsedTime(start) < StopGrace)
            await Task.Delay(StopCheck);
    }
}
