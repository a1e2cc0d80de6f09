using Preempt.Tests.Runs;

namespace Preempt.Tests.Client;

public sealed class RunListTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    private List<string> List(RunFilter filter, int limit)
    {
        List<string> read = [];
        string? cursor = null;
        do
        {
            (IReadOnlyList<Run> items, cursor) = _app.Host.Run(() => _app.Runs.ListAsync(filter, limit, cursor));
            read.AddRange(items.Select(run => run.Id));
        }
        while (cursor is not null);
        return read;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public void Runs_of_minutes_hours_days_and_months_ago_are_listed_newest_first(int limit)
    {
        List<string> started = [];
        foreach (TimeSpan pause in new[] { TimeSpan.FromDays(400), TimeSpan.FromDays(40), TimeSpan.FromDays(2), TimeSpan.FromHours(3), TimeSpan.FromMinutes(10), TimeSpan.Zero })
        {
            started.Add(_app.Start("ungated", new Work(1), key: $"k{started.Count}"));
            _app.Host.Advance(TimeSpan.FromMilliseconds(1));
            started.Add(_app.Start("one-run", new Work(1), key: $"k{started.Count}"));
            _app.End(started[^2]);
            _app.End(started[^1]);
            _app.Host.Advance(pause);
        }

        started.Reverse();
        Assert.Equal(started, List(new RunFilter(), limit));
        Assert.Equal(started.Where(id => id.StartsWith("one-run", StringComparison.Ordinal)), List(new RunFilter { Workflow = "One-Run" }, limit));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void Runs_that_have_not_ended_are_listed_newest_first_however_old_they_are(int limit)
    {
        List<string> started = [];
        foreach (TimeSpan pause in new[] { TimeSpan.FromDays(2), TimeSpan.FromHours(3), TimeSpan.FromMinutes(10), TimeSpan.Zero })
        {
            started.Add(_app.Start("ungated", new Work(TimeSpan.FromDays(4).TotalSeconds), key: $"k{started.Count}"));
            _app.UntilRunning(started[^1]);
            _app.End(_app.Start("ungated", new Work(1)));
            _app.Host.Advance(pause);
        }

        started.Reverse();
        Assert.Equal(started, List(new RunFilter { Workflow = "ungated", Status = [RunStatus.Running, RunStatus.Stopping] }, limit));
    }

    [Fact]
    public void A_run_terminated_or_purged_from_outside_is_listed_for_what_it_is()
    {
        string terminated = _app.Start("one-run", new Work(100), key: "a");
        string purged = _app.Start("one-run", new Work(1), key: "b");
        _app.UntilRunning(terminated);
        _app.Terminate(terminated);
        _app.End(terminated);
        _app.End(purged);
        _app.Host.Run(() => _app.Host.Client.PurgeInstanceAsync(purged, CancellationToken.None));

        (IReadOnlyList<Run> items, _) = _app.Host.Run(() => _app.Runs.ListAsync(new RunFilter { Workflow = "one-run" }));

        Assert.Equal((terminated, RunStatus.Cancelled), (Assert.Single(items).Id, items[0].Status));
    }

    [Fact]
    public void A_pointer_to_a_run_that_is_gone_is_no_run()
    {
        string own = _app.Host.Run(() => _app.Runs.StartAsync("one-run", new Script("k", Code()), new StartOptions { RunId = "own" })).Id;
        _app.End(own);
        Assert.Equal([own], List(new RunFilter { Workflow = "one-run", Key = "k" }, 10));
        _app.Host.Run(() => _app.Host.Client.PurgeInstanceAsync(own, CancellationToken.None));

        Assert.Empty(List(new RunFilter { Workflow = "one-run" }, 10));
        string again = _app.Host.Run(() => _app.Runs.StartAsync("one-run", new Script("k", Code()), new StartOptions { RunId = "own" })).Id;
        Assert.Equal([again], List(new RunFilter { Workflow = "one-run" }, 10));
    }

    private static string Code()
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = _ => Task.FromResult("done");
        return name;
    }
}
