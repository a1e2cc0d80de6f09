using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class CancelTests(AppUnderTest app) : EndToEndTests(app)
{
    private static readonly LabStep Long = new(Lab.VeryLong);

    [Fact]
    public async Task Cancel_reaches_the_step_at_work_and_no_further_step_starts()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long, Long));

        await Api.CancelAsync(run, "No longer needed.");

        run = await Api.WaitAsync(run);
        Assert.Equal("Cancelled", run.Status);
        Assert.Equal(("Requested", "No longer needed.", false), (run.Stop!.Reason, run.Stop.Message, run.Stop.Forced));
        Assert.Null(run.Stop.SupersededBy);
        Assert.Null(run.Error);
        RunStep step = Assert.Single(run.Steps);
        Assert.Equal(("Cancelled", "Requested"), (step.Status, step.StopReason));
        Assert.InRange(step.EndedAt!.Value, step.StartedAt, run.EndedAt!.Value);
        Assert.InRange(step.StopHeardAt!.Value, step.StartedAt, step.EndedAt.Value);
    }

    [Fact]
    public async Task After_the_answer_to_a_cancel_no_step_starts()
    {
        LabStep[] steps = [.. Enumerable.Repeat(new LabStep(0.1), 15), new LabStep(Lab.VeryLong)];
        await Task.WhenAll(Enumerable.Range(1, 8).Select(async number =>
        {
            Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, steps));
            await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Steps.Count >= number);

            Run answered = await Api.CancelAsync(run);

            run = await Api.WaitAsync(run);
            Assert.Equal("Cancelled", run.Status);
            Assert.Equal(answered.Steps.Count, run.Steps.Count);
        }));
    }

    [Fact]
    public async Task Simultaneous_cancels_stop_the_run_once()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long) { CleanupSeconds = 0.5 });

        Answer[] answers = await Task.WhenAll(Enumerable.Range(1, 10).Select(number => Api.SendCancelAsync(run.Id, $"Cancel {number}.")));

        Answer[] accepted = ExpectAccepted(answers);
        run = await Api.WaitAsync(run);
        Assert.Equal("Cancelled", run.Status);
        // A slow engine answers before the run has heard.
        Assert.All(
            accepted.Select(answer => answer.Read<Run>(HttpStatusCode.Accepted).Stop).OfType<RunStop>(),
            stop => Assert.Equal(run.Stop?.Message, stop.Message));
        Assert.Equal(2, run.Steps.Count);
    }

    [Fact]
    public async Task Long_reason_is_shortened_between_characters()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long));
        string reason = string.Concat(Enumerable.Repeat("x", 99)) + string.Concat(Enumerable.Repeat("🦊", 1000));

        await Api.CancelAsync(run, reason);

        run = await Api.WaitAsync(run);
        Assert.StartsWith(run.Stop?.Message!, reason, StringComparison.Ordinal);
        Assert.True(run.Stop?.Message?.Length >= 100, $"Little of the reason is left: {run.Stop?.Message}");
    }

    [Fact]
    public async Task Workflow_that_swallows_the_stop_succeeds_with_the_stop_on_record()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long) { OnStop = "swallow" });

        await Api.CancelAsync(run, "Finish with what you have.");

        run = await Api.WaitAsync(run);
        Assert.Equal("Succeeded", run.Status);
        Assert.Equal(("Requested", "Finish with what you have."), (run.Stop?.Reason, run.Stop?.Message));
        Assert.Equal("Cancelled", Assert.Single(run.Steps).Status);
    }

    [Fact]
    public async Task Workflow_that_fails_on_the_stop_fails_once_with_its_error()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long) { OnStop = "fail" });

        await Api.CancelAsync(run);

        run = await Api.WaitAsync(run);
        Assert.Equal(("Failed", "Requested"), (run.Status, run.Stop?.Reason));
        Assert.NotEmpty(run.Error?.Message ?? "");
        Assert.Single(run.Steps);
    }

    [Fact]
    public async Task Shielded_clean_up_runs_to_its_end()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long) { CleanupSeconds = 1 });

        await Api.CancelAsync(run);

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", false), (run.Status, run.Stop?.Forced));
        Assert.Equal(["Cancelled", "Succeeded"], run.Steps.Select(step => step.Status));
        RunStep cleanup = run.Steps[1];
        Assert.Null(cleanup.StopReason);
        Assert.True(cleanup.EndedAt - cleanup.StartedAt >= TimeSpan.FromSeconds(0.9), $"The clean-up was cut short: {cleanup}");
    }

    [Fact]
    public async Task Clean_up_that_outlasts_the_grace_is_abandoned()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long) { CleanupSeconds = 30 });

        await Api.CancelAsync(run, grace: "1s");

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", true), (run.Status, run.Stop?.Forced));
        AssertEndedAfter(TimeSpan.FromSeconds(1), run);
    }

    [Fact]
    public async Task Cancel_reaches_a_run_that_waits_at_its_gate()
    {
        Run holder = await StartAtWorkAsync(new LabInput(Group, Long with { IgnoreStop = true }));
        Run waiter = await StartWaitingAsync();

        await Api.CancelAsync(waiter, "Too late now.");

        waiter = await Api.WaitAsync(waiter);
        Assert.Equal(("Cancelled", "Requested", "Too late now."), (waiter.Status, waiter.Stop?.Reason, waiter.Stop?.Message));
        Assert.Null(waiter.StartedAt);
        Assert.Empty(waiter.Steps);
        Assert.Empty(waiter.FencingTokens);
        await Eventually.GetAsync(() => Api.GateAsync(Lab.CancelInProgress, Group), gate => gate.Waiters is []);
        Assert.False((await Api.GetAsync(holder.Id)).HasEnded);
    }

    [Fact]
    public async Task Cancelling_a_run_that_has_ended_conflicts_and_shows_the_run()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0.1))));

        Answer answer = await Api.SendCancelAsync(run.Id, "Just to be sure.");

        Problem problem = answer.ExpectProblem(HttpStatusCode.Conflict, "Succeeded");
        Assert.Equal((run.Id, "Succeeded", run.EndedAt), (problem.Run?.Id, problem.Run?.Status, problem.Run?.EndedAt));
        Assert.Null((await Api.GetAsync(run.Id)).Stop);
    }

    [Fact]
    public async Task Cancelling_an_unknown_run_finds_nothing()
    {
        string id = $"{Lab.Plain}:-:{Guid.NewGuid()}";

        Answer answer = await Api.SendCancelAsync(id);

        answer.ExpectProblem(HttpStatusCode.NotFound, id);
    }

    [Fact]
    public async Task Step_that_ignores_its_token_is_abandoned_when_the_default_grace_is_over_and_the_newcomer_starts_only_then()
    {
        Run old = await StartAtWorkAsync(new LabInput(Group, Long with { IgnoreStop = true }));

        Run newcomer = await StartWaitingAsync();

        old = await Api.WaitAsync(old);
        newcomer = await Api.WaitAsync(newcomer);
        Assert.Equal(("Cancelled", "Superseded", newcomer.Id), (old.Status, old.Stop!.Reason, old.Stop.SupersededBy));
        Assert.Equal(("10s", true), (old.Stop.Grace, old.Stop.Forced));
        Assert.Null(Assert.Single(old.Steps).EndedAt);
        AssertEndedAfter(TimeSpan.FromSeconds(10), old);
        AssertStartedAfterTheGrace(newcomer, old, TimeSpan.FromSeconds(10));
        Assert.Equal("Succeeded", newcomer.Status);
        Assert.True(newcomer.FencingTokens[0] > old.FencingTokens[0], "The newcomer's fencing token is not greater.");
    }

    [Fact]
    public async Task Second_stop_shortens_the_grace_and_the_first_reason_stands()
    {
        Run old = await StartAtWorkAsync(new LabInput(Group, Long with { IgnoreStop = true }));
        await Api.CancelAsync(old, "The first reason.", "1 hour");
        Run newcomer = await StartWaitingAsync();

        await Api.CancelAsync(old, "The second reason.", "2s");

        old = await Api.WaitAsync(old);
        newcomer = await Api.WaitAsync(newcomer);
        Assert.Equal(("Cancelled", "Requested", "The first reason."), (old.Status, old.Stop!.Reason, old.Stop.Message));
        Assert.Equal(("2s", true), (old.Stop.Grace, old.Stop.Forced));
        Assert.Null(old.Stop.SupersededBy);
        AssertStartedAfterTheGrace(newcomer, old, TimeSpan.FromSeconds(2));
        Assert.Equal("Succeeded", newcomer.Status);
    }

    [Fact]
    public async Task Second_stop_cannot_lengthen_the_grace()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long with { IgnoreStop = true }));
        await Api.CancelAsync(run, "The first reason.", "2s");

        await Api.CancelAsync(run, "The second reason.", "1 hour");

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", "The first reason.", "2s", true), (run.Status, run.Stop!.Message, run.Stop.Grace, run.Stop.Forced));
        AssertEndedAfter(TimeSpan.FromSeconds(2), run);
    }

    [Fact]
    public async Task Stop_request_is_shown_while_the_run_stops()
    {
        Run run = await StartAtWorkAsync(new LabInput(Group, Long with { IgnoreStop = true }));

        await Api.CancelAsync(run, "Stop, please.", grace: null);

        run = await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Stop is not null);
        Assert.Equal(("Stopping", "Requested", "Stop, please.", "10s"), (run.Status, run.Stop!.Reason, run.Stop.Message, run.Stop.Grace));
        Assert.Null(run.EndedAt);
    }

    /// <summary>Starts a run in the test's group and waits until its first step is at work.</summary>
    private async Task<Run> StartAtWorkAsync(LabInput input) =>
        await Api.WaitForWorkAsync(await Api.StartAsync(Lab.CancelInProgress, input));

    /// <summary>Starts a run in the test's group while another holds its gate, and waits until it waits there.</summary>
    private async Task<Run> StartWaitingAsync()
    {
        Run run = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0.1)));
        await Eventually.GetAsync(
            () => Api.GateAsync(Lab.CancelInProgress, Group), gate => gate.Waiters.Any(waiter => waiter.RunId == run.Id));
        run = await Api.GetAsync(run.Id);
        Assert.Equal("Queued", run.Status);
        return run;
    }

    private static void AssertEndedAfter(TimeSpan grace, Run run) =>
        Assert.True(run.EndedAt >= run.Stop!.RequestedAt + grace, $"The run was abandoned before its grace of {grace} was over: {run}");

    private static void AssertStartedAfterTheGrace(Run newcomer, Run old, TimeSpan grace) =>
        Assert.True(newcomer.StartedAt >= old.Stop!.RequestedAt + grace, $"{newcomer}\nstarted within the grace of\n{old}");
}
