using System.Collections.Concurrent;
using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Kills;

/// <summary>
/// An app on a store of its own that is killed at random moments while clients start and cancel runs, and started again. Keeps what
/// the clients were promised, and all that they saw end.
/// </summary>
internal sealed class KilledApp : IDisposable
{
    private const int Clients = 4;
    private const int Groups = 3;

    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(60);

    private static readonly TimeSpan OperatorPause = TimeSpan.FromMilliseconds(500);

    /// <summary>How many runs clients have an app accept at most before it is killed.</summary>
    private const int MaxStarts = 25;

    /// <summary>How much longer an app lives at most, in milliseconds.</summary>
    private const int MaxRest = 50;

    /// <summary>An app that is killed before it listens lives no longer than this, in milliseconds.</summary>
    private const int MaxStart = 1000;

    /// <summary>How many of the runs that have ended are looked at again after each kill.</summary>
    private const int Looks = 20;

    private static readonly string[] Workflows = [Lab.CancelInProgress, Lab.CancelInProgress, Lab.CancelInProgress3, Lab.Immediate, Lab.Plain];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-killed-");
    private readonly Dictionary<string, string> _settings;
    private readonly ConcurrentDictionary<string, Start> _open = [];
    private readonly ConcurrentDictionary<string, Run> _ends = [];
    private readonly Random _random;
    private int _generation;
    private int _accepted;

    /// <param name="seed">What is random follows from it.</param>
    /// <param name="settings">Environment variables to add.</param>
    public KilledApp(int seed, IReadOnlyDictionary<string, string>? settings = null)
    {
        _random = new Random(seed);
        _settings = new(settings ?? new Dictionary<string, string>()) { ["Preempt__Store"] = _directory.FullName };
    }

    /// <summary>Runs that the app had accepted, whether it lived to say so or not.</summary>
    public ICollection<Run> Ended => _ends.Values;

    /// <summary>How often all was quiet, and what must be true then was checked.</summary>
    public int Settlements { get; private set; }

    /// <summary>How many starts the app has accepted.</summary>
    public int Accepted => _accepted;

    /// <summary>What the app keeps on disk, in bytes.</summary>
    public long Stored => _directory.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>
    /// Starts the app, mostly lets what the one before it left come to its end, has clients use it, and kills it. Now and then it is
    /// killed before it listens, or as soon as it does: then often in the middle of taking up what was left.
    /// </summary>
    public Task LiveAndDieAsync() => _random.Next(6) switch
    {
        0 => AppProcess.StartAndKillAsync(_settings, TimeSpan.FromMilliseconds(_random.Next(MaxStart))),
        1 => LiveAndDieAsync(settles: false, starts: 0),
        _ => LiveAndDieAsync(settles: true, _random.Next(1, MaxStarts)),
    };

    private async Task LiveAndDieAsync(bool settles, int starts)
    {
        (AppProcess app, Uri address) = await StartAsync();
        using HttpClient http = AppUnderTest.Connect(address);
        PreemptApi api = new(http);
        Task clients;
        using (app)
        {
            if (settles)
                await SettleAsync(api);
            int enough = _accepted + starts;
            clients = RunClientsAsync(api, ShortPause, CancellationToken.None);
            while (Volatile.Read(ref _accepted) < enough && !clients.IsCompleted)
                await Task.Delay(1);
            await Task.Delay(_random.Next(MaxRest));
        }

        await clients;
    }

    /// <summary>Starts the app.</summary>
    public Task<(AppProcess App, Uri Address)> StartAsync() => AppProcess.StartAsync(_settings);

    /// <summary>Has clients use a living app. They stop when it is enough, or when the app has died.</summary>
    /// <param name="api">The app's.</param>
    /// <param name="pause">How long each client pauses at most between two requests.</param>
    /// <param name="enough">When it is enough.</param>
    public Task UseAsync(PreemptApi api, TimeSpan pause, CancellationToken enough)
    {
        Random random = new(_random.Next());
        return Task.WhenAll(RunClientsAsync(api, pause, enough), RepeatAsync(_ => OperateAsync(api, random), enough));
    }

    private Task RunClientsAsync(PreemptApi api, TimeSpan pause, CancellationToken enough)
    {
        _generation++;
        return Task.WhenAll(Enumerable.Range(0, Clients).Select(client =>
        {
            Random random = new(_random.Next());
            string name = $"{_generation}-{client}";
            return RepeatAsync(round => UseAsync(api, random, $"{name}-{round}", pause), enough);
        }));
    }

    /// <summary>Does something until it is enough, or the app is dead.</summary>
    private static async Task RepeatAsync(Func<int, Task> act, CancellationToken enough)
    {
        try
        {
            for (int round = 0; !enough.IsCancellationRequested; round++)
                await act(round);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // The app is dead.
        }
    }

    /// <summary>What operators do beside the clients.</summary>
    private static async Task OperateAsync(PreemptApi api, Random random)
    {
        await Task.Delay(OperatorPause, CancellationToken.None);
        Answer answer = await (random.Next(6) switch
        {
            0 => api.PostAsync("runs/bulk-cancel", new { filter = new { workflow = Lab.Plain }, dryRun = true }),
            1 => api.PostAsync("runs/bulk-cancel", new { filter = new { workflow = Lab.CancelInProgress, metadata = new { group = $"g{random.Next(Groups)}" } } }),
            2 => api.ReadAsync("gates?workflow=lab-cancel-in-progress"),
            3 => api.ReadAsync("statistics"),
            4 => api.PostAsync("events/soaked", new { number = random.Next() }),
            _ => api.ReadAsync("runs?limit=100"),
        });
        Assert.True((int)answer.Status < 400, $"{answer}");
    }

    /// <summary>Forgets the runs that began before, as the app does in the end.</summary>
    public void Forget(DateTimeOffset before)
    {
        foreach (Run run in _ends.Values.Where(run => run.QueuedAt < before))
            _ends.TryRemove(run.Id, out _);
    }

    /// <summary>Starts the app a last time, and lets all come to its end.</summary>
    public async Task SettleAsync()
    {
        (AppProcess app, Uri address) = await StartAsync();
        using AppProcess ends = app;
        using HttpClient http = AppUnderTest.Connect(address);
        await SettleAsync(new PreemptApi(http));
    }

    /// <summary>Waits until all that was accepted has ended and all gates are empty, and checks what must be true then.</summary>
    public async Task SettleAsync(PreemptApi api)
    {
        await Task.WhenAll(_open.Values.Select(start => EndAsync(api, start)));
        foreach (string workflow in Workflows.Where(workflow => workflow != Lab.Plain).Distinct())
        {
            for (int group = 0; group < Groups; group++)
            {
                string key = $"g{group}";
                await Eventually.GetAsync(() => api.GateAsync(workflow, key), gate => gate.Holders.Count == 0 && gate.Waiters.Count == 0);
            }
        }

        foreach (string id in _random.GetItems([.. _ends.Keys.Append("")], Looks).Where(id => id.Length > 0))
            See(await api.GetAsync(id));
        GatePromises.Check([.. _ends.Values]);
        Settlements++;
    }

    private async Task EndAsync(PreemptApi api, Start start)
    {
        if (start.IsAccepted || (await api.SendAsync(HttpMethod.Get, $"runs/{start.RunId}")).Status == HttpStatusCode.OK)
        {
            Run ended = await api.WaitAsync(start.RunId);
            See(ended);
            Assert.True(ended.Status is "Succeeded" or "Cancelled", $"Nothing made it end so: {ended}");
            if (start.IsCancelled)
                Assert.NotNull(ended.Stop);
        }

        _open.TryRemove(start.RunId, out _);
    }

    private async Task UseAsync(PreemptApi api, Random random, string runId, TimeSpan pause)
    {
        await StartRunAsync(api, random, runId);
        if (random.Next(4) == 0)
            await CancelOneAsync(api, random);
        await Task.Delay(pause * random.NextDouble(), CancellationToken.None);
    }

    private async Task StartRunAsync(PreemptApi api, Random random, string runId)
    {
        string workflow = Workflows[random.Next(Workflows.Length)];
        LabStep[] steps = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new LabStep(random.Next(300) / 1000.0))];
        LabInput input = new($"g{random.Next(Groups)}", steps) { CleanupSeconds = random.Next(4) == 0 ? 0.05 : null };
        Start start = _open[runId] = new Start(runId);
        (await api.PostAsync($"workflows/{workflow}/runs", new { runId, input })).Expect(HttpStatusCode.Accepted);
        start.IsAccepted = true;
        Interlocked.Increment(ref _accepted);
    }

    private async Task CancelOneAsync(PreemptApi api, Random random)
    {
        Start? start = _open.Values.Where(start => start.IsAccepted).Skip(random.Next(_open.Count)).FirstOrDefault();
        if (start is not null && (await api.SendCancelAsync(start.RunId)).Status == HttpStatusCode.Accepted)
            start.IsCancelled = true;
    }

    /// <summary>Keeps the end of a run; it is the same whenever it is looked at.</summary>
    private void See(Run run)
    {
        Assert.True(run.HasEnded, $"It had ended, and runs again: {run}");
        Run first = _ends.GetOrAdd(run.Id, run);
        Assert.Equal((first.Status, first.EndedAt, first.Stop), (run.Status, run.EndedAt, run.Stop));
    }

    /// <summary>A start that was asked for.</summary>
    private sealed class Start(string runId)
    {
        public string RunId => runId;

        /// <summary>The app answered 202; without an answer, it may have begun all the same.</summary>
        public bool IsAccepted { get; set; }

        public bool IsCancelled { get; set; }
    }
}
