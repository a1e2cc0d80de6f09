using System.Diagnostics;
using System.Text.RegularExpressions;
using Azure.Storage.Queues;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.Tests.Shared;

namespace Preempt.EndToEnd;

/// <summary>What becomes of the worker, and of what it is at, when it or its host ends.</summary>
public sealed partial class HostTests : IAsyncLifetime
{
    private static readonly LabInput Long = new("group", new LabStep(Lab.VeryLong));

    private ClusterHost _host = null!;
    private Azurite _storage = null!;
    private int _worker;

    private PreemptApi Api => _host.Api;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL is not the suite's to kill.");
        _storage = await Azurite.StartAsync();
        _host = await ClusterHost.StartAsync(_storage);
        _worker = _host.ReadyWorkers.Single();
    }

    [Fact]
    public async Task Worker_that_dies_is_started_again_and_its_runs_go_on()
    {
        Run run = await StartAtWorkAsync();

        await _host.ReplaceWorkerAsync();

        await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Progress is not null && !now.HasEnded);
        await Api.CancelAsync(run, "seen enough");
        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", "seen enough", false), (run.Status, run.Stop?.Message, run.Stop?.Forced));
        Assert.False(IsAlive(_worker));
    }

    [Fact]
    public async Task Worker_dies_with_a_host_that_is_killed()
    {
        await StartAtWorkAsync();
        Assert.True(IsAlive(_worker));

        _host.App.KillAlone();

        await Eventually.GetAsync(() => Task.FromResult(IsAlive(_worker)), alive => !alive);
    }

    [Fact]
    public async Task Step_is_told_when_the_host_is_asked_to_stop_and_the_worker_ends()
    {
        await StartAtWorkAsync();

        await _host.App.StopAsync();

        await Eventually.GetAsync(() => Task.FromResult(_host.App.Output), output => StoppedActivity().IsMatch(output));
        Assert.False(IsAlive(_worker));
    }

    [Fact]
    public async Task Run_goes_on_under_another_host_soon_after_its_own_is_killed()
    {
        using ClusterHost other = await ClusterHost.StartAsync(_storage);
        Run run = await StartAtWorkAsync();
        (ClusterHost killed, ClusterHost left) = _host.HasBegunStep ? (_host, other) : (other, _host);
        Assert.False(left.HasBegunStep);

        killed.App.KillAlone();

        await Eventually.GetAsync(() => Task.FromResult(left), now => now.HasBegunStep);
        await left.Api.CancelAsync(run, "seen enough");
        run = await left.Api.WaitAsync(run);
        Assert.Equal(("Cancelled", "seen enough"), (run.Status, run.Stop?.Message));
    }

    [Fact]
    public async Task Progress_of_a_step_is_seen_through_every_host()
    {
        using ClusterHost other = await ClusterHost.StartAsync(_storage);
        Run run = await StartAtWorkAsync();

        foreach (PreemptApi api in (PreemptApi[])[Api, other.Api])
        {
            RunProgress first = (await Eventually.GetAsync(() => api.GetAsync(run.Id), now => now.Progress is not null)).Progress!;
            await Eventually.GetAsync(
                async () => (await api.ListAsync($"workflow={Lab.CancelInProgress}")).Items.Single(), now => now.Progress?.Fraction > first.Fraction);
        }
    }

    [Fact]
    public async Task Queue_of_commands_is_made_at_start()
    {
        QueueClient commands = new(_storage.ConnectionString, "preempt-commands");

        Assert.True(await Eventually.GetAsync(async () => (await commands.ExistsAsync(TestContext.Current.CancellationToken)).Value, exists => exists));
    }

    [Fact]
    public async Task List_is_whole_where_messages_between_host_and_worker_are_small()
    {
        using ClusterHost small = await ClusterHost.StartAsync(_storage, new()
        {
            ["AzureFunctionsJobHost__extensions__durableTask__maxGrpcMessageSizeInBytes"] = "4194304",
        });
        LabInput large = new("group", new LabStep(0) { Output = new('x', 900 * 1024) });
        string[] started = await Task.WhenAll(Enumerable.Range(0, 7).Select(async _ => (await small.Api.StartAsync(Lab.Plain, large)).Id));

        HashSet<string> listed = [];
        string? cursor = null;
        do
        {
            Page<Run> page = await small.Api.ListAsync($"workflow={Lab.Plain}&limit=100{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.All(page.Items, run => Assert.True(listed.Add(run.Id), $"{run.Id} is listed twice"));
            cursor = page.Cursor;
        }
        while (cursor is not null);

        Assert.Equal(started.Order(), listed.Order());
    }

    public ValueTask DisposeAsync()
    {
        _host?.Dispose();
        _storage?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts a run, and waits until its step says that it runs.</summary>
    private async Task<Run> StartAtWorkAsync()
    {
        Run run = await Api.StartAsync(Lab.CancelInProgress, Long);
        return await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.IsAtWork && now.Progress is not null);
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>What the durable extension writes about an activity that gave in to the host's stop.</summary>
    [GeneratedRegex(@"'PreemptStep \(Activity\)' was aborted")]
    private static partial Regex StoppedActivity();
}
