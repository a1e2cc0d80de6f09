using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Kills;

/// <summary>An app is killed in the middle of something, and started again: it goes on as if nothing had been.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private const string Group = "g";

    private RestartableApp _app = null!;

    private PreemptApi Api => _app.Api;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL is not the suite's to kill.");
        _app = await RestartableApp.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        _app?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_step_that_was_at_work_runs_again_and_those_that_had_ended_do_not()
    {
        Run run = await Api.StartAsync(
            Lab.Plain, new LabInput(Group, new LabStep(0) { Output = "first" }, new LabStep(10) { Output = "second" }, new LabStep(0)));
        run = await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Steps.Count == 2);
        RunStep first = run.Steps[0];

        await KillAndRestartAsync();
        run = await Api.WaitAsync(run);

        Assert.Equal("Succeeded", run.Status);
        Assert.Equal(["first", "second", null], run.Output?.EnumerateArray().Select(output => output.GetString()));
        Assert.Equal(first with { EarlierAttempts = [] }, run.Steps[0] with { EarlierAttempts = [] });
        Assert.Equal([1, 1, 1], run.Steps.Select(step => step.Attempt));
    }

    [Fact]
    public async Task A_run_that_waits_for_its_key_gets_it()
    {
        Run older = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong))));
        Run newer = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0)));

        await KillAndRestartAsync();

        older = await Api.WaitAsync(older);
        newer = await Api.WaitAsync(newer);
        Assert.Equal(("Superseded", newer.Id), (older.Stop?.Reason, older.Stop?.SupersededBy));
        Assert.Equal("Succeeded", newer.Status);
        Assert.True(newer.FencingTokens[0] > older.FencingTokens[0]);
        Assert.True(newer.StartedAt >= older.EndedAt);
        await Eventually.GetAsync(() => Api.GateAsync(Lab.CancelInProgress, Group), gate => gate.Holders is []);
    }

    [Fact]
    public async Task A_cancel_that_was_acknowledged_holds()
    {
        Run run = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong), new LabStep(0))));
        await Api.CancelAsync(run, "enough");

        await KillAndRestartAsync();
        run = await Api.WaitAsync(run);

        Assert.Equal(("Cancelled", "Requested", "enough"), (run.Status, run.Stop?.Reason, run.Stop?.Message));
        Assert.Single(run.Steps);
    }

    [Fact]
    public async Task A_timeout_that_came_due_while_no_app_ran_stops_its_run()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(10);
        Answer answer = await Api.PostAsync(
            $"workflows/{Lab.CancelInProgress}/runs", new { input = new LabInput(Group, new LabStep(Lab.VeryLong)), timeout = "10s" });
        Run run = await Api.WaitForWorkAsync(answer.Read<Run>(HttpStatusCode.Accepted));

        _app.Kill();
        TimeSpan left = run.StartedAt!.Value + timeout - DateTimeOffset.UtcNow;
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, TestContext.Current.CancellationToken);
        await _app.StartAgainAsync();
        run = await Api.WaitAsync(run);

        Assert.Equal(("TimedOut", "Timeout"), (run.Status, run.Stop?.Reason));
    }

    [Fact]
    public async Task A_grace_that_has_begun_ends_a_run_by_force()
    {
        Run run = await Api.WaitForWorkAsync(
            await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong) { IgnoreStop = true })));
        run = await Api.CancelAsync(run, grace: "1s");

        await KillAndRestartAsync();
        run = await Api.WaitAsync(run);

        Assert.Equal(("Cancelled", true), (run.Status, run.Stop?.Forced));
        Assert.True(run.EndedAt - run.Stop!.RequestedAt >= TimeSpan.FromSeconds(1), $"It had no grace: {run}");
    }

    [Fact]
    public async Task A_clean_up_that_was_at_work_runs_again()
    {
        Run run = await Api.WaitForWorkAsync(
            await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong)) { CleanupSeconds = 1 }));
        await Api.CancelAsync(run, grace: "2m");
        await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Steps.Count == 2);

        await KillAndRestartAsync();
        run = await Api.WaitAsync(run);

        Assert.Equal(("Cancelled", false), (run.Status, run.Stop?.Forced));
        Assert.Equal(["Cancelled", "Succeeded"], run.Steps.Select(step => step.Status));
    }

    [Fact]
    public async Task A_step_that_is_to_be_tried_again_is()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0.3) { FailTimes = 1 }) { Retries = 1 });
        await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Steps is [{ Attempt: 2 }]);

        await KillAndRestartAsync();
        run = await Api.WaitAsync(run);

        Assert.Equal("Succeeded", run.Status);
        Assert.Equal(2, Assert.Single(run.Steps).Attempt);
    }

    [Fact]
    public async Task An_idempotency_key_names_the_run_that_it_named_before()
    {
        object start = new { input = new LabInput(Group, new LabStep(0)) };
        Run first = (await Api.PostAsync($"workflows/{Lab.Plain}/runs", start, idempotencyKey: "once")).Read<Run>(HttpStatusCode.Accepted);

        await KillAndRestartAsync();
        Run again = (await Api.PostAsync($"workflows/{Lab.Plain}/runs", start, idempotencyKey: "once")).Read<Run>(HttpStatusCode.OK);

        Assert.Equal(first.Id, again.Id);
        Assert.Equal("Succeeded", (await Api.WaitAsync(first)).Status);
    }

    [Fact]
    public async Task A_run_that_had_ended_is_as_it_was()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0) { Output = "x" })));
        Answer before = await Api.SendAsync(HttpMethod.Get, $"runs/{run.Id}");

        await KillAndRestartAsync();

        Assert.Equal(before.Text, (await Api.SendAsync(HttpMethod.Get, $"runs/{run.Id}")).Text);
    }

    private Task KillAndRestartAsync()
    {
        _app.Kill();
        return _app.StartAgainAsync();
    }
}
