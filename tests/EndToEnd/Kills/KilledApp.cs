using System.Collections.Concurrent;
using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Kills;

/// <summary>
/// An app on a store of its own that is killed at random moments while clients start and cancel runs, and started again. Keeps what
/// the clients were promised, and all that they saw end.
/// </summary>
internal sealed class KilledApp(int seed) : IDisposable
{
    private const int Clients = 4;
    private const int Groups = 3;

    /// <summary>How long an app lives at most once it listens.</summary>
    private const int MaxLife = 1500;

    private static readonly string[] Workflows = [Lab.CancelInProgress, Lab.CancelInProgress, Lab.CancelInProgress3, Lab.Immediate, Lab.Plain];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-killed-");
    private readonly ConcurrentDictionary<string, Start> _starts = [];
    private readonly ConcurrentDictionary<string, Run> _ends = [];
    private readonly Random _random = new(seed);
    private int _generation;

    /// <summary>Runs that the app had accepted, whether it lived to say so or not.</summary>
    public IEnumerable<Run> Ended => _ends.Values;

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Starts the app, has clients use it, and kills it.</summary>
    public async Task LiveAndDieAsync()
    {
        // Often before the app has taken up all that the one before it left.
        TimeSpan life = TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? _random.Next(50) : _random.Next(MaxLife));
        _generation++;
        (AppProcess app, Uri address) = await StartAsync();
        using HttpClient http = AppUnderTest.Connect(address);
        Task clients;
        using (app)
        {
            PreemptApi api = new(http);
            clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => UseAsync(api, new Random(_random.Next()), $"{_generation}-{client}")));
            await Task.Delay(life);
        }

        await clients;
    }

    /// <summary>Starts the app, and waits until all that was accepted has ended.</summary>
    public async Task SettleAsync()
    {
        (AppProcess app, Uri address) = await StartAsync();
        using AppProcess ends = app;
        using HttpClient http = AppUnderTest.Connect(address);
        PreemptApi api = new(http);
        foreach (Start start in _starts.Values)
        {
            if (start.IsAccepted || (await api.SendAsync(HttpMethod.Get, $"runs/{start.RunId}")).Status == HttpStatusCode.OK)
                See(await api.WaitAsync(start.RunId));
        }

        foreach (string workflow in Workflows.Where(workflow => workflow != Lab.Plain).Distinct())
        {
            for (int group = 0; group < Groups; group++)
            {
                string key = $"g{group}";
                await Eventually.GetAsync(() => api.GateAsync(workflow, key), gate => gate.Holders.Count == 0 && gate.Waiters.Count == 0);
            }
        }
    }

    /// <summary>Whether the app said that it would stop the run.</summary>
    public bool WasCancelled(Run run) => _starts[run.Id].IsCancelled;

    private Task<(AppProcess App, Uri Address)> StartAsync() =>
        AppProcess.StartAsync(new Dictionary<string, string> { ["Preempt__Store"] = _directory.FullName });

    private async Task UseAsync(PreemptApi api, Random random, string name)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                await StartRunAsync(api, random, $"{name}-{i}");
                if (random.Next(4) == 0)
                    await CancelOneAsync(api, random);
                if (random.Next(4) == 0)
                    await ReadOneAsync(api, random);
                await Task.Delay(random.Next(60));
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // The app is dead.
        }
    }

    private async Task StartRunAsync(PreemptApi api, Random random, string runId)
    {
        string workflow = Workflows[random.Next(Workflows.Length)];
        LabStep[] steps = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new LabStep(random.Next(300) / 1000.0))];
        LabInput input = new($"g{random.Next(Groups)}", steps) { CleanupSeconds = random.Next(4) == 0 ? 0.05 : null };
        Start start = _starts[runId] = new Start(runId);
        (await api.PostAsync($"workflows/{workflow}/runs", new { runId, input })).Expect(HttpStatusCode.Accepted);
        start.IsAccepted = true;
    }

    private async Task CancelOneAsync(PreemptApi api, Random random)
    {
        if (Pick(random) is { } start && (await api.SendCancelAsync(start.RunId)).Status == HttpStatusCode.Accepted)
            start.IsCancelled = true;
    }

    private async Task ReadOneAsync(PreemptApi api, Random random)
    {
        if (Pick(random) is { } start)
            See(await api.GetAsync(start.RunId));
    }

    private Start? Pick(Random random) =>
        _starts.Values.Where(start => start.IsAccepted).Skip(random.Next(_starts.Count)).FirstOrDefault();

    /// <summary>Keeps the end of a run; it is the same whenever it is looked at.</summary>
    private void See(Run run)
    {
        if (!run.HasEnded)
            return;
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
