using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Tests.Runs;

/// <summary>A run that somebody has started again with the platform's own restart: it is a new run, accepted when it was restarted.</summary>
public sealed class RestartTests
{
    private const string Id = "chosen:1";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);

    private static readonly string[] Workflows = ["ungated", "one-run", "one-run-at-once", "newest-refused", "queued", "in-turn", "two-rules"];
    private static readonly bool[] Either = [true, false];

    public static TheoryData<string, bool, bool> Restarts =>
        [.. from workflow in Workflows from isSoon in Either from hasNewId in Either select (workflow, isSoon, hasNewId)];

    [Theory]
    [MemberData(nameof(Restarts))]
    public void It_works_again_and_ends_as_it_does(string workflow, bool isSoon, bool hasNewId)
    {
        using TestApp app = new();
        Run first = EndOnce(app, workflow, new Work(0.1));
        app.Host.Advance(isSoon ? Soon : Later);

        DateTimeOffset restart = app.Host.Now;
        Run again = app.End(Restart(app, hasNewId));

        Assert.Equal((RunStatus.Succeeded, null), (again.Status, again.Stop));
        // What can be told of an ungated run that is restarted at once is the same whenever it was accepted.
        if (!isSoon || hasNewId)
            Assert.Equal(restart, again.QueuedAt);
        Assert.True(again.FencingTokens.LastOrDefault() > first.FencingTokens.LastOrDefault() || workflow == "ungated");
        Assert.Equal(2, app.Log.Started.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_newer_than_the_runs_that_came_after_its_first_life(bool hasNewId)
    {
        using TestApp app = new();
        EndOnce(app, "one-run", new Work(600), cancel: true);
        app.Host.Advance(TimeSpan.FromSeconds(2));
        string between = app.Start("one-run", new Work(600));
        app.UntilRunning(between);
        app.Host.Advance(TimeSpan.FromSeconds(5));

        string again = Restart(app, hasNewId);
        Run superseded = app.End(between);
        app.UntilRunning(again);

        Assert.Equal((StopReason.Superseded, again), (superseded.Stop?.Reason, superseded.Stop?.SupersededBy));
    }

    [Fact]
    public void Its_times_begin_anew()
    {
        using TestApp app = new();
        string[] slots = [app.Start("queued", new Work(50 * 3600)), app.Start("queued", new Work(50 * 3600))];
        Array.ForEach(slots, app.UntilRunning);
        string id = app.Start("queued", new Work(1));
        Assert.Equal(StopReason.ScheduleTimeout, app.End(id).Stop?.Reason);

        app.Host.Run(() => app.Host.Client.RestartAsync(id));
        app.Host.Advance(TimeSpan.FromHours(1));

        Assert.Equal((RunStatus.Queued, null), (app.Peek(id).Status, app.Peek(id).Stop));
        Assert.Equal(RunStatus.Succeeded, app.End(id).Status);
    }

    [Fact]
    public void It_calls_children_of_its_own()
    {
        using TestApp app = new();
        string output = "first";
        ScriptedWorkflow.Codes["restart-child"] = run => run.CallStepAsync<Worker, string>(new Work(1, Output: output));
        ScriptedWorkflow.Codes["restart-parent"] = run => run.CallWorkflowAsync<Ungated, string>(new Script("child", "restart-child"));
        app.Host.Run(() => app.Runs.StartAsync("ungated", new Script("k", "restart-parent"), new StartOptions { RunId = Id }));
        Assert.Equal("first", app.End(Id).Output?.GetString());
        app.Host.Advance(Later);

        output = "second";
        string again = Restart(app, hasNewId: false);

        Assert.Equal("second", app.End(again).Output?.GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_child_works_again_and_its_parent_is_left_alone(bool hasNewId)
    {
        using TestApp app = new();
        ScriptedWorkflow.Codes["restart-child"] = run => run.CallStepAsync<Worker, string>(new Work(1));
        string parent = app.Start("ungated", async run =>
        {
            string output = await run.CallWorkflowAsync<OneRun, string>(new Script("child", "restart-child"), new StartOptions { RunId = Id });
            await run.DelayAsync("3 hours");
            return output;
        });
        app.Host.RunUntil(() => app.Host.Client.GetInstanceAsync(Id).Result is { IsCompleted: true });
        app.Host.Advance(Later);

        DateTimeOffset restart = app.Host.Now;
        Run again = app.End(Restart(app, hasNewId));

        Assert.Equal((RunStatus.Succeeded, restart), (again.Status, again.QueuedAt));
        Assert.Equal(RunStatus.Succeeded, app.End(parent).Status);
    }

    [Theory]
    [InlineData("ungated", true)]
    [InlineData("ungated", false)]
    [InlineData("one-run", true)]
    [InlineData("one-run", false)]
    public void It_hears_a_stop_that_comes_before_it_knows(string workflow, bool hasNewId)
    {
        using TestApp app = new();
        EndOnce(app, workflow, new Work(600), cancel: true);
        app.Host.Advance(Later);

        string again = app.Host.Run(async () =>
        {
            string restarted = await app.Host.Client.RestartAsync(Id, hasNewId);
            await app.Runs.CancelAsync(restarted, new CancelOptions(Message: "once more"));
            return restarted;
        });

        Run run = app.End(again);
        Assert.Equal((RunStatus.Cancelled, "once more"), (run.Status, run.Stop?.Message));
    }

    [Fact]
    public void It_is_held_while_the_app_drains()
    {
        using TestApp app = new();
        EndOnce(app, "one-run", new Work(1));
        app.Host.Advance(Later);
        app.Host.Run(() => app.Runs.DrainAsync());

        string again = Restart(app, hasNewId: false);
        app.Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(RunStatus.Queued, app.Peek(again).Status);
        app.Host.Run(() => app.Runs.ResumeAsync());

        Assert.Equal(RunStatus.Succeeded, app.End(again).Status);
    }

    [Fact]
    public void One_that_was_held_when_it_was_accepted_is_not_held_again()
    {
        using TestApp app = new();
        app.Host.Run(() => app.Runs.DrainAsync());
        StartChosen(app, "ungated", new Work(1));
        app.Host.Advance(TimeSpan.FromMinutes(1));
        app.Host.Run(() => app.Runs.ResumeAsync());
        app.End(Id);
        app.Host.Advance(Later);

        string again = Restart(app, hasNewId: false);
        app.Host.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(RunStatus.Succeeded, app.Peek(again).Status);
    }

    [Fact]
    public void It_is_listed_with_its_key_under_its_new_id()
    {
        using TestApp app = new();
        EndOnce(app, "one-run", new Work(1));

        string again = app.End(Restart(app, hasNewId: true)).Id;

        (IReadOnlyList<Run> runs, _) = app.Host.Run(() => app.Runs.ListAsync(new RunFilter { Workflow = "one-run", Key = "k" }));
        Assert.Equal([again, Id], runs.Select(run => run.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_can_be_restarted_again(bool hasNewId)
    {
        using TestApp app = new();
        EndOnce(app, "one-run", new Work(1));
        string id = Id;
        for (int i = 0; i < 3; i++)
        {
            app.Host.Advance(TimeSpan.FromMinutes(1));
            DateTimeOffset restart = app.Host.Now;
            string before = id;
            id = app.Host.Run(() => app.Host.Client.RestartAsync(before, hasNewId));

            Run again = app.End(id);
            Assert.Equal((RunStatus.Succeeded, restart), (again.Status, again.QueuedAt));
        }
    }

    /// <summary>An app that was not there for a while finds what it had accepted.</summary>
    [Fact]
    public void A_run_whose_first_turn_is_late_is_not_taken_for_another()
    {
        using TestApp app = new();
        DateTimeOffset accepted = app.Host.Now;
        RunRequest request = RunStart.MakeRequest(
            app.Host.Services.GetRequiredService<WorkflowRegistry>().Find("one-run"), new Script("k", Code(new Work(1))), new StartOptions(), accepted);
        app.Host.Run(() => app.Host.Client.ScheduleNewOrchestrationInstanceAsync(
            PreemptFunctions.Run,
            request with { RunId = Id, ScheduledAt = accepted },
            new StartOrchestrationOptions(Id, accepted + TimeSpan.FromSeconds(30))));

        Run run = app.End(Id);

        Assert.Equal((RunStatus.Succeeded, accepted), (run.Status, run.QueuedAt));
        Assert.True(run.StartedAt >= accepted + TimeSpan.FromSeconds(30));
    }

    private static Run EndOnce(TestApp app, string workflow, Work work, bool cancel = false)
    {
        StartChosen(app, workflow, work);
        if (cancel)
        {
            app.UntilRunning(Id);
            app.Cancel(Id);
        }

        return app.End(Id);
    }

    private static void StartChosen(TestApp app, string workflow, Work work) =>
        app.Host.Run(() => app.Runs.StartAsync(workflow, new Script("k", Code(work)), new StartOptions { RunId = Id }));

    private static string Code(Work work)
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = run => run.CallStepAsync<Worker, string>(work);
        return name;
    }

    private static string Restart(TestApp app, bool hasNewId) => app.Host.Run(() => app.Host.Client.RestartAsync(Id, hasNewId));
}
