namespace Preempt.Tests.Runs;

/// <summary>Whole runs whose key must be quiet before the newest starts.</summary>
public sealed class DebounceTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void Of_many_runs_the_newest_runs_and_the_others_never_start()
    {
        string[] ids = [.. Enumerable.Range(0, 10).Select(_ => _app.Start("quiet-runs", new Work(1)))];
        Run[] ended = [.. ids.Select(id => _app.End(id))];

        Assert.All(ended[..^1], run => Assert.Equal((RunStatus.Cancelled, StopReason.Superseded, null), (run.Status, run.Stop!.Reason, run.StartedAt)));
        // Each by the next: nobody else has told them.
        Assert.Equal(ids[1..], ended[..^1].Select(run => run.Stop!.SupersededBy));
        Assert.Equal(RunStatus.Succeeded, ended[^1].Status);
        Assert.Equal(5, (ended[^1].StartedAt!.Value - ended[^1].QueuedAt).TotalSeconds, tolerance: 0.1);
        Assert.Equal(1, _app.Log.MostAtOnce);
    }

    [Fact]
    public void If_the_key_is_never_quiet_one_starts_at_the_longest_time_and_is_left_alone()
    {
        List<string> ids = [];
        for (int n = 0; n < 10; n++)
        {
            ids.Add(_app.Start("quiet-runs", new Work(100)));
            _app.Host.Advance(TimeSpan.FromSeconds(4));
        }

        Run[] ended = [.. ids.Select(id => _app.End(id))];
        Run[] started = [.. ended.Where(run => run.StartedAt is not null)];
        Assert.All(started, run => Assert.Equal(RunStatus.Succeeded, run.Status));
        // The first of them comes at 0 s: at 20 s the newest is the sixth, which has come at that moment or just before.
        Assert.Equal(20, (started[0].StartedAt!.Value - ended[0].QueuedAt).TotalSeconds, tolerance: 0.2);
        Assert.Equal(2, started.Length);
        Assert.Equal(ids[^1], started[^1].Id);
    }

    [Fact]
    public void Each_key_is_quiet_for_itself()
    {
        string a = _app.Start("quiet-runs", new Work(1), "a");
        string b = _app.Start("quiet-runs", new Work(1), "b");
        Assert.Equal((RunStatus.Succeeded, RunStatus.Succeeded), (_app.End(a).Status, _app.End(b).Status));
    }

    [Fact]
    public void A_run_that_waits_can_be_cancelled_and_says_until_when_it_waits()
    {
        string id = _app.Start("quiet-runs", new Work(1));
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        string text = _app.Host.Run(() => _app.Runs.ExplainAsync(id)).Text;
        Assert.Contains("it starts after 5s without a new run, 20s at most", text, StringComparison.Ordinal);
        Assert.Contains("It starts at 2030-01-01 00:00:05 UTC", text, StringComparison.Ordinal);
        Assert.Equal(new Debounce("5s", "20s"), _app.GetGate("quiet-runs").Debounce);
        _app.Cancel(id);
        Assert.Equal((RunStatus.Cancelled, StopReason.Requested), (_app.End(id).Status, _app.Get(id).Stop!.Reason));
        Assert.Null(_app.GetGate("quiet-runs").NextStart);
    }

    [Fact]
    public void A_run_whose_instance_was_terminated_does_not_keep_the_next_from_starting()
    {
        string dead = _app.Start("quiet-runs", new Work(1));
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        _app.Terminate(dead);
        string next = _app.Start("quiet-runs", new Work(1));
        Assert.Equal(RunStatus.Succeeded, _app.End(next).Status);
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        // As its only one, and some time after a dead one.
        Assert.Equal(RunStatus.Succeeded, _app.End(_app.Start("quiet-runs", new Work(1))).Status);
    }

    /// <summary>Whatever crashes, the last one runs.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_crash_at_any_commit_the_last_one_runs(bool isKept)
    {
        for (int commit = 0; commit < 30; commit += 3)
        {
            using TestApp app = new(seed: commit, options => options.TurnsHappenTwice = 0.2);
            string[] ids = [.. Enumerable.Range(0, 4).Select(_ => app.Start("quiet-runs", new Work(1)))];
            app.Host.CrashAfter(commit, isKept);
            Run[] ended = [.. ids.Select(id => app.End(id))];
            Assert.Equal(RunStatus.Succeeded, ended[^1].Status);
            Assert.All(ended, run => Assert.True(run.Status == RunStatus.Succeeded || run.Stop?.Reason == StopReason.Superseded, $"after commit {commit}: {run}"));
        }
    }
}
