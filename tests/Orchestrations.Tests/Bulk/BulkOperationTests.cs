using Microsoft.Extensions.DependencyInjection;
using Preempt.Tests.Runs;

namespace Preempt.Tests.Bulk;

public sealed class BulkOperationTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    private static Operation Start(TestApp app, BulkKind kind, RunFilter filter, bool dryRun = false) =>
        app.Host.Run(() => app.Runs.StartBulkAsync(kind, new BulkRequest { Filter = filter, DryRun = dryRun }));

    private static Operation End(TestApp app, Operation operation)
    {
        app.Host.RunUntil(() => Read(app, operation).EndedAt is not null);
        return Read(app, operation);
    }

    private static Operation Read(TestApp app, Operation operation) =>
        OperationReader.Read(app.Host.Client.GetInstanceAsync(operation.Id, getInputsAndOutputs: true).GetAwaiter().GetResult()!)!;

    private static List<string> StartRuns(TestApp app, int count, double seconds = 10_000) =>
        [.. Enumerable.Range(0, count).Select(_ => app.Start("ungated", new Work(seconds)))];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bulk_cancel_survives_a_crash_at_any_commit(bool isKept)
    {
        int crashes = 0;
        for (int commit = 0; commit < 24; commit += 2)
        {
            using TestApp app = new();
            List<string> runs = StartRuns(app, 12);
            Operation operation = Start(app, BulkKind.Cancel, new RunFilter { Workflow = "ungated" });
            app.Host.CrashAfter(commit, isKept);

            operation = End(app, operation);

            Assert.Equal((OperationStatus.Succeeded, 0), (operation.Status, operation.Failed));
            Assert.All(runs, run => Assert.Equal(RunStatus.Cancelled, app.End(run).Status));
            crashes += app.Host.Crashes;
        }

        Assert.True(crashes > 6, $"Only {crashes} crashes happened.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bulk_replay_that_crashes_replays_each_run_once(bool isKept)
    {
        for (int commit = 0; commit < 24; commit += 2)
        {
            using TestApp app = new();
            StartRuns(app, 6, seconds: 1).ForEach(run => app.End(run));
            Operation operation = Start(app, BulkKind.Replay, new RunFilter { Workflow = "ungated" });
            app.Host.CrashAfter(commit, isKept);

            operation = End(app, operation);

            Assert.Equal((OperationStatus.Succeeded, 6, 0), (operation.Status, operation.Done, operation.Failed));
            (IReadOnlyList<Run> all, _) = app.Host.Run(() => app.Runs.ListAsync(new RunFilter { Workflow = "ungated" }));
            Assert.Equal(12, all.Count);
        }
    }

    /// <summary>The first message to a run that has not begun comes before its start, and is dropped.</summary>
    [Fact]
    public void Runs_that_have_not_begun_hear_of_a_bulk_cancel()
    {
        using TestApp app = new(seed: 1, options => options.EventsOvertakeStarts = 1);
        RunClients clients = app.Host.Services.GetRequiredService<RunClients>();
        ScriptedWorkflow.Codes["waits"] = run => run.CallStepAsync<Worker, string>(new Work(10_000));

        (string id, BulkResult result) = app.Host.Run(async () =>
        {
            Run started = await app.Runs.StartAsync("ungated", new Script("k", "waits"));
            BulkTask task = new("_operation", BulkKind.Cancel, "Enough.", [started.Id]);
            return (started.Id, await BulkWork.DoAsync(clients, app.Host.Client, task, CancellationToken.None));
        });

        Assert.Equal(1, result.Done);
        Run run = app.End(id);
        Assert.Equal((RunStatus.Cancelled, "_operation", "Enough."), (run.Status, run.Stop?.By, run.Stop?.Message));
    }

    [Fact]
    public void More_runs_than_one_generation_takes_are_all_cancelled()
    {
        using TestApp app = new();
        string[] known = [.. StartRuns(app, 3)];
        string[] ids = [.. known, .. Enumerable.Range(0, 4500).Select(number => $"unknown-{number}")];

        Operation operation = app.Host.Run(() => app.Runs.StartBulkAsync(BulkKind.Cancel, new BulkRequest { RunIds = ids }));
        operation = End(app, operation);

        Assert.Equal((OperationStatus.Succeeded, 4503, 3, 4500), (operation.Status, operation.Total, operation.Done, operation.Failed));
        Assert.Equal(BulkProgress.MaxFailures, operation.Failures.Length);
        Assert.All(known, run => Assert.Equal(RunStatus.Cancelled, app.End(run).Status));
    }

    [Fact]
    public void Progress_can_be_seen_while_it_works()
    {
        List<string> runs = StartRuns(_app, 900);
        Operation operation = Start(_app, BulkKind.Cancel, new RunFilter { Workflow = "ungated" });

        _app.Host.RunUntil(() => Read(_app, operation) is { Done: > 0, EndedAt: null });

        Assert.Equal((OperationStatus.Running, 900), (Read(_app, operation).Status, Read(_app, operation).Total));
        Assert.Equal(900, End(_app, operation).Done);
        Assert.Equal(900, runs.Count);
    }

    [Fact]
    public void An_operation_that_is_stopped_leaves_the_rest_alone()
    {
        List<string> runs = StartRuns(_app, 900);
        Operation operation = Start(_app, BulkKind.Cancel, new RunFilter { Workflow = "ungated" });
        _app.Host.RunUntil(() => Read(_app, operation) is { Done: > 0, EndedAt: null });

        Operation stopped = _app.Host.Run(() => _app.Runs.StopOperationAsync(operation.Id));

        Assert.Equal((OperationStatus.Stopped, 900), (stopped.Status, stopped.Total));
        Assert.NotNull(stopped.EndedAt);
        Assert.InRange(stopped.Done, 1, 899);
        int told = runs.Count(run => _app.Host.Run(() => _app.Runs.GetAsync(run)).Stop is not null);
        // What it had begun when it was stopped, a page at most, may be done beside what it counts.
        Assert.InRange(told, stopped.Done, Math.Min(899, stopped.Done + BulkOperation.PageSize));
        Assert.Equal(stopped, _app.Host.Run(() => _app.Runs.StopOperationAsync(operation.Id)) with { Failures = stopped.Failures });
    }

    [Fact]
    public void An_operation_that_has_ended_or_never_was_cannot_be_stopped()
    {
        Operation ended = End(_app, Start(_app, BulkKind.Cancel, new RunFilter { Workflow = "ungated" }));
        Assert.Equal(OperationStatus.Succeeded, _app.Host.Run(() => _app.Runs.StopOperationAsync(ended.Id)).Status);
        Assert.Throws<UnknownOperationException>(() => _app.Host.Run(() => _app.Runs.StopOperationAsync("_bulk:none")));
        string run = _app.Start("ungated", new Work(1));
        Assert.Throws<UnknownOperationException>(() => _app.Host.Run(() => _app.Runs.StopOperationAsync(run)));
    }

    [Fact]
    public void A_worker_that_dies_is_replaced_and_one_that_always_dies_fails_its_runs()
    {
        StartRuns(_app, 3);
        _app.BadWorker.Failures = 3;
        Operation healed = End(_app, Start(_app, BulkKind.Cancel, new RunFilter { Workflow = "ungated" }));
        Assert.Equal((OperationStatus.Succeeded, 3, 0), (healed.Status, healed.Done, healed.Failed));

        string run = _app.Start("one-run", new Work(10_000));
        _app.BadWorker.Failures = int.MaxValue;
        Operation failed = End(_app, _app.Host.Run(() => _app.Runs.StartBulkAsync(BulkKind.Cancel, new BulkRequest { RunIds = [run] })));
        Assert.Equal((OperationStatus.Succeeded, 0, 1), (failed.Status, failed.Done, failed.Failed));
        Assert.Contains("worker process died", Assert.Single(failed.Failures).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_counts_without_touching()
    {
        List<string> runs = StartRuns(_app, 5);
        runs.ForEach(_app.UntilRunning);

        Operation operation = End(_app, Start(_app, BulkKind.Cancel, new RunFilter { Workflow = "ungated" }, dryRun: true));

        Assert.Equal((5, 0, 0), (operation.Total, operation.Done, operation.Failed));
        Assert.All(runs, run => Assert.Equal(RunStatus.Running, _app.Peek(run).Status));
    }

    [Fact]
    public void A_filter_holds_when_a_run_hears_of_the_stop()
    {
        string first = _app.Start("one-in-order", new Work(60));
        string second = _app.Start("one-in-order", new Work(60));
        _app.UntilRunning(first);
        RunClients app = _app.Host.Services.GetRequiredService<RunClients>();
        RunLookup lookup = new(app, _app.Host.Client);
        FoundRun found = _app.Host.Run(() => lookup.LookAsync(second, CancellationToken.None));
        Assert.Equal(RunStatus.Queued, found.Run.Status);
        // It has started by the time that it hears.
        _app.UntilRunning(second);
        RunMessenger messenger = new(app, _app.Host.Client, lookup);
        (FoundRun after, _) = _app.Host.Run(() => messenger.StopAsync(
            found, new CancelOptions("queued ones"), "operation", RunCondition.Queued, CancellationToken.None));
        Assert.Null(after.Run.Stop);
        _app.Host.Run(() => messenger.StopAsync(
            after, new CancelOptions(), null, RunCondition.None, CancellationToken.None));
        Assert.Equal(RunStatus.Cancelled, _app.End(second).Status);
    }

    [Fact]
    public void A_cancel_of_queued_runs_stops_none_that_have_started_and_its_numbers_add_up()
    {
        List<string> runs = [.. Enumerable.Range(0, 40).Select(_ => _app.Start("one-in-order", new Work(0.002)))];
        Operation operation = End(_app, Start(_app, BulkKind.Cancel, new RunFilter { Workflow = "one-in-order", Status = [RunStatus.Queued] }));
        Run[] ended = [.. runs.Select(run => _app.End(run))];
        Assert.All(ended.Where(run => run.StartedAt is not null), run => Assert.Equal(RunStatus.Succeeded, run.Status));
        Assert.Equal(operation.Total, operation.Done + operation.NothingToDo + operation.Failed);
        Assert.Equal(operation.Done, ended.Count(run => run.Stop is not null));
    }

    [Fact]
    public void Runs_that_end_before_their_turn_needed_nothing()
    {
        StartRuns(_app, 300, seconds: 1);
        Operation operation = Start(_app, BulkKind.Cancel, new RunFilter { Workflow = "ungated" });
        _app.Host.RunUntil(() => Read(_app, operation).Total == 300);
        // The worker that does the work is away until they have ended.
        _app.BadWorker.Failures = 4;
        operation = End(_app, operation);
        Assert.Equal(300, operation.Done + operation.NothingToDo + operation.Failed);
    }

    [Fact]
    public void Runs_that_a_replayed_run_starts_are_not_replayed_on_their_own()
    {
        int played = 0;
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = async run =>
        {
            await run.CallStepAsync<Worker, string>(new Work(1));
            Interlocked.Increment(ref played);
            return "";
        };
        string parent = _app.Start("ungated", run => run.CallWorkflowAsync<OneInOrder, string>(new Script("k", name)));
        _app.End(parent);
        string child = _app.Host.Run(() => _app.Runs.ListAsync(new RunFilter { Workflow = "one-in-order" })).Items.Single().Id;

        Operation both = End(_app, Start(_app, BulkKind.Replay, new RunFilter { Until = _app.Host.Now, Status = [RunStatus.Succeeded] }));
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((2, 1, 1, 0), (both.Total, both.Done, both.NothingToDo, both.Failed));
        Assert.Equal(4, _app.Host.Run(() => _app.Runs.ListAsync()).Items.Count);

        Operation listed = _app.Host.Run(() => _app.Runs.StartBulkAsync(BulkKind.Replay, new BulkRequest { RunIds = [child, parent] }));
        Assert.Equal((2, 1, 1), (End(_app, listed).Total, End(_app, listed).Done, End(_app, listed).NothingToDo));
        // Meant by itself, it is replayed by itself.
        listed = _app.Host.Run(() => _app.Runs.StartBulkAsync(BulkKind.Replay, new BulkRequest { RunIds = [child] }));
        Assert.Equal(1, End(_app, listed).Done);
    }
}
