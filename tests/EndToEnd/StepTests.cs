using System.Net;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class StepTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Steps_run_one_after_another_and_the_output_lists_theirs()
    {
        string[] outputs = ["first", "second", "third"];
        Run run = await Api.StartAsync(
            Lab.CancelInProgress, new LabInput(Group, [.. outputs.Select(output => new LabStep(0.2) { Output = output })]));

        run = await Api.WaitAsync(run);

        Assert.Equal("Succeeded", run.Status);
        Assert.Equal(outputs, run.Output?.EnumerateArray().Select(output => output.GetString()));
        Assert.Equal(3, run.Steps.Count);
        Assert.All(run.Steps, step => Assert.Equal(("Succeeded", 1), (step.Status, step.Attempt)));
        Assert.Equal(1, Timeline.MostAtOnce(Timeline.Steps([run])));
    }

    [Fact]
    public async Task Run_tells_what_it_was_given_and_when_it_ran()
    {
        Run queued = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0.2)));

        Run run = await Api.WaitAsync(queued);

        Assert.Equal((queued.Id, queued.Workflow, queued.Version, Group), (run.Id, run.Workflow, run.Version, run.Key));
        Assert.Equal(Group, run.Input?.GetProperty("group").GetString());
        Assert.Equal(queued.QueuedAt, run.QueuedAt);
        Assert.InRange(run.StartedAt!.Value, run.QueuedAt, run.EndedAt!.Value);
        Assert.True(Assert.Single(run.FencingTokens) > 0);
        Assert.Null(run.Stop);
        Assert.Null(run.Error);
    }

    [Fact]
    public async Task Step_that_fails_every_attempt_fails_the_run()
    {
        Run run = await Api.StartAsync(
            Lab.CancelInProgress, new LabInput(Group, new LabStep(0.1) { FailTimes = 1000 }, new LabStep(0.1)));

        run = await Api.WaitAsync(run);

        Assert.Equal("Failed", run.Status);
        Assert.NotEmpty(run.Error?.Message ?? "");
        Assert.Null(run.Output);
        Assert.Null(run.Stop);
        Assert.Equal("Failed", Assert.Single(run.Steps).Status);
        await Eventually.GetAsync(() => Api.GateAsync(Lab.CancelInProgress, Group), gate => gate.Holders is []);
    }

    [Fact]
    public async Task Run_beyond_its_timeout_is_stopped_and_has_timed_out()
    {
        Answer answer = await Api.PostAsync(
            $"workflows/{Lab.CancelInProgress}/runs", new { input = new LabInput(Group, new LabStep(Lab.VeryLong)), timeout = "1s" });

        Run run = await Api.WaitAsync(answer.Read<Run>(HttpStatusCode.Accepted));

        Assert.Equal(("TimedOut", "Timeout"), (run.Status, run.Stop?.Reason));
        Assert.True(run.EndedAt - run.StartedAt >= TimeSpan.FromSeconds(1), $"It was stopped before its time: {run}");
        Assert.Equal("Timeout", Assert.Single(run.Steps).StopReason);
    }

    [Fact]
    public async Task Latest_twenty_steps_are_kept()
    {
        LabStep[] steps = [.. Enumerable.Range(1, 25).Select(number => new LabStep(0) { Output = $"{number}" })];

        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, steps)));

        Assert.Equal("Succeeded", run.Status);
        Assert.Equal(20, run.Steps.Count);
        Assert.Equal(run.Steps, run.Steps.OrderBy(step => step.StartedAt));
        Assert.Equal(25, run.Output?.GetArrayLength());
    }

    [Fact]
    public async Task Run_without_steps_succeeds_with_an_empty_list()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group)));

        Assert.Equal("Succeeded", run.Status);
        Assert.Equal(JsonValueKind.Array, run.Output?.ValueKind);
        Assert.Equal(0, run.Output?.GetArrayLength());
        Assert.Empty(run.Steps);
    }
}
