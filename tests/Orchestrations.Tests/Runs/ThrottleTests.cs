using System.Text.Json;
using Preempt.Embedded.Engine;

namespace Preempt.Tests.Runs;

/// <summary>Whole runs, and steps, under a throttle.</summary>
public sealed class ThrottleTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    private string Start(string workflow, int priority = 0, double seconds = 1)
    {
        string code = $"one step of {seconds} s";
        ScriptedWorkflow.Codes[code] = run => run.CallStepAsync<Worker, string>(new Work(seconds));
        return _app.Host.Run(() => _app.Runs.StartAsync(workflow, new Script("k", code), new StartOptions { Priority = priority })).Id;
    }

    /// <summary>When each run started, in seconds after the first.</summary>
    private double[] Starts(IEnumerable<string> ids)
    {
        Run[] ended = [.. ids.Select(id => _app.End(id))];
        Assert.All(ended, run => Assert.Equal(RunStatus.Succeeded, run.Status));
        return [.. ended.Select(run => Math.Round((run.StartedAt!.Value - ended[0].StartedAt!.Value).TotalSeconds, 2))];
    }

    [Fact]
    public void Runs_start_one_after_the_other_at_the_exact_time()
    {
        string[] ids = [.. Enumerable.Range(0, 8).Select(_ => Start("spread-runs", seconds: 300))];
        Assert.Equal([0, 10, 20, 30, 40, 50, 60, 70], Starts(ids));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], ids.Select(id => Assert.Single(_app.Get(id).FencingTokens)));
        Gate gate = _app.GetGate("spread-runs");
        Assert.Equal((0, 0, 8), (gate.Holders.Length, gate.Waiters.Length, gate.LastToken));
        Assert.Equal(new StartRate(6, "1 minute"), gate.Rate);
        Assert.Equal(_app.Get(ids[0]).StartedAt!.Value.AddSeconds(80), gate.NextStart!.Value, TimeSpan.FromSeconds(0.1));
    }

    [Fact]
    public void A_run_that_waits_asks_no_more_than_it_must()
    {
        int questions = 0;
        _app.Host.Committing = commit => questions += commit.History.OfType<EntityCalled>().Count(call => call.Operation == nameof(ConcurrencyGate.Enter));
        string[] ids = [.. Enumerable.Range(0, 100).Select(_ => Start("spread-runs"))];
        Assert.Equal(990, Starts(ids)[^1]);
        // It asks when it comes and when its time has come, and hardly more: the engine takes some milliseconds each time, and those add up.
        Assert.InRange(questions, 199, 320);
    }

    [Fact]
    public void If_some_give_up_the_others_move_up()
    {
        string[] ids = [.. Enumerable.Range(0, 8).Select(_ => Start("spread-runs"))];
        _app.Host.Advance(TimeSpan.FromSeconds(12));
        foreach (string gone in ids[2..5])
            Assert.Equal(RunStatus.Cancelled, _app.End(_app.Cancel(gone).Id).Status);
        Assert.Equal([0, 10, 20, 30, 40], Starts([ids[0], ids[1], .. ids[5..]]));
    }

    [Fact]
    public void If_the_first_in_line_is_killed_the_others_go_on()
    {
        string[] ids = [.. Enumerable.Range(0, 5).Select(_ => Start("spread-runs"))];
        _app.Host.Advance(TimeSpan.FromSeconds(5));
        _app.Terminate(ids[1]);
        // Its time to start is lost, and no more than that.
        Assert.Equal([0, 30, 40, 50], Starts([ids[0], .. ids[2..]]));
    }

    [Fact]
    public void A_higher_priority_starts_sooner()
    {
        string[] ids = [Start("spread-runs"), Start("spread-runs"), Start("spread-runs", priority: 1)];
        Assert.Equal([0, 20, 10], Starts(ids));
    }

    [Fact]
    public void A_run_is_told_why_it_waits_and_until_when()
    {
        Start("spread-runs");
        Start("spread-runs");
        string last = Start("spread-runs");
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        RunExplanation explanation = _app.Host.Run(() => _app.Runs.ExplainAsync(last));
        Assert.Contains("It waits for its time to start: 6 starts per 1m are allowed for key \"k\"", explanation.Text, StringComparison.Ordinal);
        Assert.Contains("It is number 2 of 2 in line.", explanation.Text, StringComparison.Ordinal);
        Assert.Contains("It can start at 2030-01-01 00:00:20 UTC", explanation.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_a_rate_limit_a_run_is_rejected_and_told_when_the_next_can_start()
    {
        string[] ids = [.. Enumerable.Range(0, 6).Select(_ => Start("limited-runs"))];
        Assert.All(Starts(ids), start => Assert.InRange(start, 0, 0.5));
        Run rejected = _app.End(Start("limited-runs"));
        Assert.Equal((RunStatus.Rejected, StopReason.GateFull), (rejected.Status, rejected.Stop!.Reason));
        Assert.Equal(_app.Get(ids[0]).StartedAt!.Value.AddSeconds(10), rejected.Stop.RetryAt!.Value, TimeSpan.FromSeconds(0.5));
        _app.Host.Advance(rejected.Stop.RetryAt.Value - _app.Host.Now);
        Assert.Equal(RunStatus.Succeeded, _app.End(Start("limited-runs")).Status);
    }

    [Fact]
    public void Steps_start_one_after_the_other_over_all_runs()
    {
        async Task<string> Code(RunContext run) =>
            await run.CallStepAsync<Worker, string>(new Work(1)) + await run.CallStepAsync<Worker, string>(new Work(1));
        string[] ids = [.. Enumerable.Range(0, 3).Select(n => _app.Start("spread-steps", Code, $"key-{n}"))];
        Run[] ended = [.. ids.Select(id => _app.End(id))];
        Assert.All(ended, run => Assert.Equal(RunStatus.Succeeded, run.Status));
        DateTimeOffset[] starts = [.. ended.SelectMany(run => run.Steps).Select(step => step.StartedAt).Order()];
        Assert.Equal(6, starts.Length);
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 10, 10.5));
    }

    /// <summary>Whatever the crash: an answer that the gate forgot is asked for again, and nothing that is written is given twice.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_crash_at_any_commit_lets_nobody_start_too_soon_and_nobody_wait_for_ever(bool isKept)
    {
        for (int commit = 0; commit < 30; commit += 3)
        {
            using TestApp app = new(seed: commit, options => options.TurnsHappenTwice = 0.2);
            Dictionary<long, DateTimeOffset> written = [];
            app.Host.Committing = seen =>
            {
                if (seen.Entity?.State is not { } state || JsonSerializer.Deserialize<GateState>(state)?.Started is not { } started)
                    return;
                foreach (StartedState start in started)
                    written.TryAdd(start.Token, app.Host.Now);
            };
            string[] ids = [.. Enumerable.Range(0, 4).Select(_ => app.Start("spread-runs", new Work(1)))];
            app.Host.CrashAfter(commit, isKept);
            Run[] ended = [.. ids.Select(id => app.End(id))];
            Assert.All(ended, run => Assert.Equal(RunStatus.Succeeded, run.Status));
            Assert.Equal(4, ended.Select(run => Assert.Single(run.FencingTokens)).Distinct().Count());
            Assert.All(ended, run => Assert.True(run.Steps.Single().StartedAt >= written[run.FencingTokens[0]], $"after commit {commit}, {run.Id} started before its start was written"));
            foreach ((long token, DateTimeOffset at) in written.Where(start => start.Key > 1))
                Assert.True(at - written[token - 1] >= TimeSpan.FromSeconds(10), $"after commit {commit}, start {token} was {at - written[token - 1]} after the one before");
        }
    }
}
