using System.Diagnostics;
using System.Globalization;
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

    private AppProcess _app = null!;
    private HttpClient _http = null!;
    private Azurite _storage = null!;
    private int _worker;

    private PreemptApi Api => field ??= new(_http);

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL is not the suite's to kill.");
        _storage = await Azurite.StartAsync();
        (_app, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string> { ["AzureWebJobsStorage"] = _storage.ConnectionString });
        _http = AppUnderTest.Connect(address);
        _worker = ReadyWorkers().Single();
    }

    [Fact]
    public async Task Worker_that_dies_is_started_again_and_its_runs_go_on()
    {
        Run run = await StartAtWorkAsync();

        Kill(_worker);

        await Eventually.GetAsync(() => Task.FromResult(ReadyWorkers()), ids => ids.Any(id => id != _worker));
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

        _app.KillAlone();

        await Eventually.GetAsync(() => Task.FromResult(IsAlive(_worker)), alive => !alive);
    }

    [Fact]
    public async Task Step_is_told_when_the_host_is_asked_to_stop_and_the_worker_ends()
    {
        await StartAtWorkAsync();

        await _app.StopAsync();

        await Eventually.GetAsync(() => Task.FromResult(_app.Output), output => StoppedActivity().IsMatch(output));
        Assert.False(IsAlive(_worker));
    }

    [Fact]
    public async Task Run_goes_on_under_another_host_soon_after_its_own_is_killed()
    {
        await using AppOnStorage other = await AppOnStorage.StartAsync(_storage);
        Run run = await StartAtWorkAsync();
        (AppProcess killed, AppProcess left, PreemptApi api) = StartedStep().IsMatch(_app.Output) ? (_app, other.App, other.Api) : (other.App, _app, Api);
        Assert.DoesNotMatch(StartedStep(), left.Output);

        killed.KillAlone();

        await Eventually.GetAsync(() => Task.FromResult(left.Output), output => StartedStep().IsMatch(output));
        await api.CancelAsync(run, "seen enough");
        run = await api.WaitAsync(run);
        Assert.Equal(("Cancelled", "seen enough"), (run.Status, run.Stop?.Message));
    }

    [Fact]
    public async Task Progress_of_a_step_is_seen_through_every_host()
    {
        await using AppOnStorage other = await AppOnStorage.StartAsync(_storage);
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
        await using AppOnStorage small = await AppOnStorage.StartAsync(_storage, new()
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
        _http?.Dispose();
        _app?.Dispose();
        _storage?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A further app on the same storage, with another host.</summary>
    private sealed class AppOnStorage(AppProcess app, HttpClient http) : IAsyncDisposable
    {
        public AppProcess App => app;

        public PreemptApi Api { get; } = new(http);

        public static async Task<AppOnStorage> StartAsync(Azurite storage, Dictionary<string, string>? settings = null)
        {
            (AppProcess app, Uri address) = await AppProcess.StartAsync(
                new Dictionary<string, string>(settings ?? []) { ["AzureWebJobsStorage"] = storage.ConnectionString });
            return new(app, AppUnderTest.Connect(address));
        }

        public ValueTask DisposeAsync()
        {
            http.Dispose();
            app.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Starts a run, and waits until its step says that it runs.</summary>
    private async Task<Run> StartAtWorkAsync()
    {
        Run run = await Api.StartAsync(Lab.CancelInProgress, Long);
        return await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.IsAtWork && now.Progress is not null);
    }

    private int[] ReadyWorkers() =>
        [.. ReadyWorker().Matches(_app.Output).Select(match => int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture))];

    private static void Kill(int id)
    {
        using Process process = Process.GetProcessById(id);
        process.Kill();
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

    [GeneratedRegex(@"Worker process (?<id>\d+) ready")]
    private static partial Regex ReadyWorker();

    /// <summary>What a host writes about a step that its worker begins.</summary>
    [GeneratedRegex(@"PreemptStep \(Activity\)' started")]
    private static partial Regex StartedStep();

    /// <summary>What the durable extension writes about an activity that gave in to the host's stop.</summary>
    [GeneratedRegex(@"'PreemptStep \(Activity\)' was aborted")]
    private static partial Regex StoppedActivity();
}
