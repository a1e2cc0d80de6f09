using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Testing;

namespace Preempt.Tests.Guide;

/// <summary>What a step does.</summary>
public enum RealWorkKind
{
    Delay,
    Http,
    Process,
}

public sealed record RealWork(RealWorkKind Kind, bool HasStepTimeout);

public class RealWorkflow : Workflow<RealWork, string>
{
    public override Task<string> RunAsync(RunContext run, RealWork input)
    {
        StepOptions options = input.HasStepTimeout ? new() { Timeout = "1 second" } : new();
        return run.CallStepAsync<DoRealWork, string>(input.Kind, options);
    }
}

public sealed class TimedRealWorkflow : RealWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Timeout("1 second");
}

/// <summary>Does real work, in real time.</summary>
public sealed class DoRealWork(LocalServer server) : Step<RealWorkKind, string>
{
    private static readonly HttpClient Http = new();

    public override async Task<string> RunAsync(StepContext step, RealWorkKind input)
    {
        switch (input)
        {
            case RealWorkKind.Delay:
                await Task.Delay(100, step.CancellationToken);
                return "done";
            case RealWorkKind.Http:
                return await Http.GetStringAsync(server.Address, step.CancellationToken);
            default:
                (await step.RunProcessAsync(new ProcessOptions("sleep", "1"))).EnsureSuccess();
                return "done";
        }
    }
}

/// <summary>A server on this machine that answers any request after 100 ms.</summary>
public sealed class LocalServer : IDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LocalServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}/");

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using TcpClient owned = client;
        NetworkStream stream = client.GetStream();
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        await Task.Delay(100);
        await stream.WriteAsync(Answer);
    }
}

/// <summary>Steps that do real work in a test host, with and without timeouts. The host's time stands still meanwhile.</summary>
public sealed class RealWorkTests
{
    /// <summary>How often each is played: 20 times, or as the variable PREEMPT_PLAYS says.</summary>
    private static readonly int Plays = int.Parse(Environment.GetEnvironmentVariable("PREEMPT_PLAYS") ?? "20", CultureInfo.InvariantCulture);

    /// <summary>How many of each are played in one host at one time.</summary>
    private const int AtOnce = 5;

    private static readonly string[] Workflows = ["real-workflow", "timed-real-workflow"];
    private static readonly bool[] StepTimeouts = [false, true];

    [Theory]
    [InlineData(RealWorkKind.Delay)]
    [InlineData(RealWorkKind.Http)]
    [InlineData(RealWorkKind.Process)]
    public void A_step_that_does_real_work_succeeds_at_its_first_attempt_and_takes_no_time(RealWorkKind kind)
    {
        Assert.SkipWhen(kind == RealWorkKind.Process && OperatingSystem.IsWindows(), "There is no program 'sleep'.");
        using LocalServer server = new();
        for (int played = 0; played < Plays; played += AtOnce)
            Play(kind, server, seed: played);
    }

    private static void Play(RealWorkKind kind, LocalServer server, int seed)
    {
        DurableTestHostOptions options = new()
        {
            Seed = seed,
            ConfigureServices = services => services.AddSingleton(server).AddPreempt(
                new ConfigurationBuilder().Build(),
                static preempt => preempt.AddWorkflow<RealWorkflow>().AddWorkflow<TimedRealWorkflow>().AddStep<DoRealWork>()),
        };
        foreach (Type type in PreemptFunctions.Types)
            options.FunctionTypes.Add(type);
        using DurableTestHost host = new(options);
        RunClient runs = host.Services.GetRequiredService<RunClients>().With(host.Client);
        string[] ids = [.. Enumerable.Range(0, AtOnce).SelectMany(_ => StartEach())];
        host.RunUntil(() => ids.All(id => host.Client.GetInstanceAsync(id).Result!.IsCompleted));

        Assert.Equal(4 * AtOnce, ids.Length);
        foreach (Run run in ids.Select(id => host.Run(() => runs.GetAsync(id))))
        {
            Assert.True(run.Status == RunStatus.Succeeded, $"{run.Workflow}: {run.Status}, {run.Stop}, {run.Error}");
            Assert.Equal("done", run.Output!.Value.GetString());
            RunStep step = Assert.Single(run.Steps);
            Assert.Equal((1, step.StartedAt), (step.Attempt, step.EndedAt));
        }

        IEnumerable<string> StartEach() =>
            from workflow in Workflows
            from hasStepTimeout in StepTimeouts
            select host.Run(() => runs.StartAsync(workflow, new RealWork(kind, hasStepTimeout))).Id;
    }
}
