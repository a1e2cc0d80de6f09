namespace Preempt.Tests.Runs;

/// <summary>What is said to a run counts once, and what was acknowledged was heard.</summary>
public sealed class OnceTests
{
    [Fact]
    public void A_key_that_comes_again_with_another_request_is_refused()
    {
        using TestApp app = new();
        BulkRequest one = new() { Filter = new RunFilter { Key = "one" } };
        app.Host.Run(() => app.Runs.StartBulkAsync(BulkKind.Cancel, one, "a"));
        app.Host.Run(() => app.Runs.StartBulkAsync(BulkKind.Cancel, one, "a"));
        app.Host.Run(() => app.Runs.StartBulkAsync(BulkKind.Replay, one, "a"));
        app.Host.Run(() => app.Runs.PublishEventAsync("paid", new { id = 1 }, "a"));
        app.Host.Run(() => app.Runs.PublishEventAsync("paid", new { id = 1 }, "a"));

        Assert.Throws<IdempotencyKeyReusedException>(
            () => app.Host.Run(() => app.Runs.StartBulkAsync(BulkKind.Cancel, one with { DryRun = true }, "a")));
        Assert.Throws<IdempotencyKeyReusedException>(() => app.Host.Run(() => app.Runs.PublishEventAsync("paid", new { id = 2 }, "a")));
    }

    [Fact]
    public void A_replay_is_the_same_request_with_its_priority_metadata_and_timeouts()
    {
        using TestApp app = new();
        ScriptedWorkflow.Codes["long"] = run => run.CallStepAsync<Worker, string>(new Work(600));
        StartOptions options = new()
        {
            Key = "mine",
            Priority = 7,
            Metadata = new Dictionary<string, string> { ["region"] = "eu" },
            Timeout = "1m",
            ScheduleTimeout = "1h",
        };
        string first = app.Host.Run(() => app.Runs.StartAsync("queued", new Script("k", "long"), options)).Id;
        Run ended = app.End(first);
        Run again = app.End(app.Host.Run(() => app.Runs.ReplayAsync(first)).Run.Id);

        Assert.Equal((RunStatus.TimedOut, RunStatus.TimedOut), (ended.Status, again.Status));
        Assert.Equal(("mine", "eu"), (again.Key, again.Metadata["region"]));
        (RunRequest one, RunRequest two) = (Request(first), Request(again.Id));
        Assert.Equal((one.Priority, one.Timeout, one.ScheduleTimeout), (two.Priority, two.Timeout, two.ScheduleTimeout));
        Assert.Equal((7, Duration.Parse("1m"), Duration.Parse("1h")), (two.Priority, two.Timeout, two.ScheduleTimeout));

        RunRequest Request(string id) => RunReader.ReadRequest(app.Host.Run(() => app.Host.Client.GetInstanceAsync(id, getInputsAndOutputs: true))!)!;
    }

    [Fact]
    public void An_extension_that_is_asked_for_twice_is_given_once()
    {
        using TestApp app = new();
        string id = app.Start("one-run", new Work(3 * 3600));
        app.UntilRunning(id);
        app.Host.Run(() => app.Runs.ExtendAsync(id, "30m", "a"));
        app.Host.Run(() => app.Runs.ExtendAsync(id, "30m", "a"));
        app.Host.Run(() => app.Runs.ExtendAsync(id, "30m", "b"));
        AssertLived(app.End(id), TimeSpan.FromHours(2));
        // A repeat is told what the first was told, also when the run has ended since; another extension is not.
        Assert.Equal(RunStatus.TimedOut, app.Host.Run(() => app.Runs.ExtendAsync(id, "30m", "a")).Status);
        Assert.Throws<RunConflictException>(() => app.Host.Run(() => app.Runs.ExtendAsync(id, "30m", "c")));
    }

    [Fact]
    public void An_extension_that_arrives_twice_is_given_once()
    {
        using TestApp app = new(adjust: options => options.ReplayEveryTurn = true);
        string id = app.Start("one-run", new Work(3 * 3600));
        app.UntilRunning(id);
        RunMessage message = new() { Kind = RunMessageKind.Extend, By = "1h", Id = "x" };
        for (int time = 0; time < 3; time++)
        {
            app.Host.Run(async () =>
            {
                await app.Host.Client.RaiseEventAsync(id, RunMessage.EventName, message);
                return 0;
            });
            app.Host.Advance(TimeSpan.FromMinutes(1));
        }

        AssertLived(app.End(id), TimeSpan.FromHours(2));
    }

    [Fact]
    public void An_event_that_is_sent_twice_is_heard_once()
    {
        using TestApp app = new();
        string id = app.Start("ungated", async run =>
            await run.WaitForEventAsync<string>("letter") + await run.WaitForEventAsync<string>("letter"));
        app.Host.Run(() => app.Runs.RaiseEventAsync(id, "letter", "a", "first"));
        app.Host.Run(() => app.Runs.RaiseEventAsync(id, "Letter", "a", "first"));
        app.Host.Run(() => app.Runs.RaiseEventAsync(id, "letter", "b", "second"));
        Assert.Equal("ab", app.End(id).Output?.GetString());
    }

    [Fact]
    public void An_extension_that_was_acknowledged_was_given_and_one_that_came_too_late_is_refused()
    {
        (int given, int refused) = (0, 0);
        for (int late = -20; late <= 20; late++)
        {
            using TestApp app = new(late + 20);
            string id = app.Start("one-run", new Work(3 * 3600));
            app.Until(id, run => run.Status == RunStatus.Running);
            DateTimeOffset deadline = app.Peek(id).StartedAt!.Value + TimeSpan.FromHours(1);
            app.Host.Advance(deadline - app.Host.Now + TimeSpan.FromMilliseconds(late));
            try
            {
                app.Host.Run(() => app.Runs.ExtendAsync(id, "1h"));
                given++;
                AssertLived(app.End(id), TimeSpan.FromHours(2));
            }
            catch (RunConflictException)
            {
                refused++;
                AssertLived(app.End(id), TimeSpan.FromHours(1));
            }
        }

        Assert.True(given > 0 && refused > 0, $"{given} were given and {refused} refused.");
    }

    [Fact]
    public void A_second_drain_with_the_key_of_the_first_is_no_second_drain()
    {
        using TestApp app = new();
        string id = app.Start("ungated", new Work(60));
        app.UntilRunning(id);
        app.Host.Run(() => app.Runs.DrainAsync(idempotencyKey: "deploy 7"));
        Assert.Equal(AppMode.Draining, app.Host.Run(() => app.Runs.DrainAsync(idempotencyKey: "deploy 7")).Mode);
        Assert.Equal(RunStatus.Succeeded, app.End(id).Status);
    }

    [Fact]
    public void A_bulk_replay_with_the_key_of_another_is_that_one()
    {
        using TestApp app = new();
        string id = app.Start("ungated", new Work(1));
        app.End(id);
        BulkRequest request = new() { RunIds = [id] };
        Operation[] operations = [.. Enumerable.Range(0, 2).Select(_ => app.Host.Run(() => app.Runs.StartBulkAsync(BulkKind.Replay, request, "again")))];
        app.Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(operations[0].Id, operations[1].Id);
        Assert.Equal(2, app.Host.Run(() => app.Runs.ListAsync()).Items.Count);
    }

    private static void AssertLived(Run run, TimeSpan expected)
    {
        Assert.Equal((RunStatus.TimedOut, StopReason.Timeout), (run.Status, run.Stop!.Reason));
        Assert.InRange(run.EndedAt!.Value - run.StartedAt!.Value, expected - TimeSpan.FromSeconds(2), expected + TimeSpan.FromSeconds(30));
    }
}
