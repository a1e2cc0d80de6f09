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
}
