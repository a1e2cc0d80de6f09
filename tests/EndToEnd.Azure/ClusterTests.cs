using System.Collections.Concurrent;
using System.Globalization;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.Tests.Shared;

namespace Preempt.EndToEnd;

/// <summary>Several hosts share a task hub: what one is asked for reaches what runs on another, and no death of any takes a run with it.</summary>
public sealed class ClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>Some twenty stops, in less than a minute.</summary>
    private const int DefaultRounds = 4;

    /// <summary>How often work is started at most until hosts have died of it.</summary>
    private const int MaxRounds = 20;

    private static readonly string[] Keys = ["a", "b", "c"];
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);

    /// <summary>How often each key's run is superseded and cancelled; <c>PREEMPT_CLUSTER_ROUNDS</c> asks for more.</summary>
    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("PREEMPT_CLUSTER_ROUNDS"), CultureInfo.InvariantCulture, out int rounds) ? rounds : DefaultRounds;

    private readonly List<ClusterHost> _hosts = [];
    private readonly ConcurrentDictionary<string, Run> _accepted = [];
    private Azurite _storage = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL is not the suite's to kill.");
        _storage = await Azurite.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        _hosts.ForEach(host => host.Dispose());
        _storage?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(DisableParallelization = true)]
    public async Task A_stop_that_is_asked_for_through_one_host_reaches_the_step_on_any()
    {
        await StartHostsAsync(2);

        int[] stops = await Task.WhenAll(Keys.Select(key => StopAsync(key, Rounds)));

        Assert.Equal(Keys.Length * Rounds * 2, stops.Sum());
    }

    /// <summary>Supersedes and cancels a run so often, each time through another host than the one that it was started through.</summary>
    private async Task<int> StopAsync(string key, int rounds)
    {
        LabInput work = new(key, new LabStep(Lab.VeryLong));
        int stops = 0;
        for (int round = 0; round < rounds; round++)
        {
            (PreemptApi one, PreemptApi other) = round % 2 == 0 ? (_hosts[0].Api, _hosts[1].Api) : (_hosts[1].Api, _hosts[0].Api);
            Run older = await one.WaitForWorkAsync(await one.StartAsync(Lab.CancelInProgress, work));
            Run newer = await other.StartAsync(Lab.CancelInProgress, work);
            CheckStepWasTold(await one.WaitAsync(older), "Superseded");
            await other.WaitForWorkAsync(newer);
            await one.CancelAsync(newer);
            CheckStepWasTold(await other.WaitAsync(newer), "Requested");
            stops += 2;
        }

        return stops;
    }

    private static void CheckStepWasTold(Run run, string reason)
    {
        Assert.Equal(("Cancelled", reason, false), (run.Status, run.Stop?.Reason, run.Stop?.Forced));
        Assert.Equal("Cancelled", Assert.Single(run.Steps).Status);
    }

    [Fact(DisableParallelization = true)]
    public async Task Whatever_was_accepted_ends_and_the_newest_survive_when_hosts_workers_and_storage_fail()
    {
        await StartHostsAsync(3);
        await WithWorkAsync(() => _hosts[0].ReplaceWorkerAsync());
        await WithWorkAsync(async () =>
        {
            ClusterHost killed = _hosts[1];
            _hosts.Remove(killed);
            killed.App.KillAlone();
            await StartHostsAsync(1);
            killed.Dispose();
        });
        await WithWorkAsync(async () =>
        {
            await _storage.PauseAsync();
            await Task.Delay(Outage, TestContext.Current.CancellationToken);
            await _storage.GoOnAsync();
        });

        await CheckAllAsync();
    }

    /// <summary>Everything ends as it would without deaths.</summary>
    private async Task CheckAllAsync()
    {
        Run[] ended = await _hosts[0].Api.WaitAllAsync(_accepted.Values);

        output.WriteLine(string.Join(", ", ended.CountBy(run => (run.Workflow, run.Status, run.Stop?.Reason))));
        Assert.All(ended, run => Assert.True(run.Status == "Succeeded" || run.Stop?.Reason == "Superseded", $"Nothing made it end so: {run}"));
        GatePromises.CheckWork(ended);
        // Every slot is there for whoever wants it now.
        Run[] probes = await _hosts[^1].Api.WaitAllAsync(await Task.WhenAll(
            Keys.Select(key => _hosts[^1].Api.StartAsync(Lab.CancelInProgress, new LabInput(key, new LabStep(0))))));
        Assert.All(probes, probe => Assert.Equal("Succeeded", probe.Status));
    }

    /// <summary>Each of the hosts that die is in the middle of what a run depends on: its worker has answered, and little or nothing of that is written.</summary>
    [Fact(DisableParallelization = true)]
    public async Task Whatever_was_accepted_ends_and_the_newest_survive_when_hosts_die_within_gates_and_hand_offs()
    {
        await StartHostsAsync(1);
        PreemptApi api = _hosts[0].Api;
        string[] deaths = ["PreemptGate:10:00:00:00.010", "PreemptHandOff:2:00:00:00.005"];
        ClusterHost[] mortal = await Task.WhenAll(deaths.Select(death => ClusterHost.StartAsync(
            _storage, new Dictionary<string, string> { ["Preempt__Grace"] = Lab.LongGrace, ["FunctionsHost__DiesAt"] = death })));
        _hosts.AddRange(mortal);
        int rounds = 0;
        for (; rounds < MaxRounds && !mortal.All(host => host.App.HasExited); rounds++)
        {
            await StartRunsAsync(api);
            // Those who leave have not heard that others wait, so the gate hands their slots over itself.
            Run[] line = await Task.WhenAll(Enumerable.Range(0, 4 * Keys.Length).Select(
                number => api.StartAsync(Lab.Queue, new LabInput(Keys[number % Keys.Length], new LabStep(0.1)))));
            Array.ForEach(line, run => _accepted[run.Id] = run);
            await api.WaitAllAsync(_accepted.Values);
        }

        output.WriteLine($"{rounds} rounds, {_accepted.Count} runs");
        Assert.Equal(deaths, deaths.Where((_, number) => mortal[number].App.HasExited));
        foreach (ClusterHost dead in mortal)
        {
            _hosts.Remove(dead);
            dead.Dispose();
        }

        await CheckAllAsync();
    }

    /// <summary>Something happens while runs of all kinds wait, work and stop.</summary>
    private async Task WithWorkAsync(Func<Task> happen)
    {
        // None of them is started through what fails: what that was asked last nobody could tell.
        PreemptApi api = _hosts[^1].Api;
        await StartRunsAsync(api);
        Task more = StartRunsAsync(api);
        await happen();
        await more;
    }

    private async Task StartRunsAsync(PreemptApi api)
    {
        foreach (string key in Keys)
        {
            foreach (string workflow in (string[])[Lab.CancelInProgress, Lab.CancelInProgress3, Lab.Plain, Lab.StepGate])
            {
                Run run = await api.StartAsync(workflow, new LabInput(key, new LabStep(0.1), new LabStep(1)));
                _accepted[run.Id] = run;
            }
        }
    }

    private async Task StartHostsAsync(int count)
    {
        // A step may be told late on a busy machine: only one that is never told is to be ended by force.
        Dictionary<string, string> settings = new() { ["Preempt__Grace"] = Lab.LongGrace };
        _hosts.AddRange(await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ClusterHost.StartAsync(_storage, settings))));
    }
}
