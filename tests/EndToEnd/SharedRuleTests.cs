using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>Rules that workflows and steps share.</summary>
public sealed class SharedRuleTests(AppUnderTest app) : EndToEndTests(app)
{
    private LabInput Input(double seconds) => new(Group, new LabStep(seconds));

    [Fact]
    public async Task A_run_waits_for_the_step_of_another_workflow_and_both_are_named()
    {
        Run steps = await Api.WaitForWorkAsync(await Api.StartAsync("lab-shared-steps", Input(Lab.VeryLong)));
        Run run = await Api.StartAsync("lab-shared-runs", Input(0));
        Gate gate = await Eventually.GetAsync(() => Api.GateOfRuleAsync("lab-slot", Group), gate => gate.Waiters.Count == 1);

        Assert.Equal((null, "lab-slot"), (gate.Workflow, gate.Rule));
        Assert.Equal(($"{steps.Id}#1", "lab-shared-steps"), (Assert.Single(gate.Holders).RunId, gate.Holders[0].Workflow));
        Assert.Equal((run.Id, "lab-shared-runs"), (gate.Waiters[0].RunId, gate.Waiters[0].Workflow));
        string text = (await Api.ReadAsync($"runs/{run.Id}/explain")).Read<Explanation>(HttpStatusCode.OK).Text;
        Assert.Contains($"key \"{Group}\" (shared rule lab-slot, Queue), where 1 run may run at one time", text, StringComparison.Ordinal);
        Assert.Contains($"Held by {steps.Id}#1 (a step of lab-shared-steps).", text, StringComparison.Ordinal);

        await Api.CancelAsync(steps);
        Assert.Equal("Succeeded", (await Api.WaitAsync(run)).Status);
        Assert.Equal("Cancelled", (await Api.WaitAsync(steps)).Status);
    }

    [Fact]
    public async Task The_newest_of_two_workflows_ends_the_older_one_of_the_other()
    {
        Run translate = await Api.WaitForWorkAsync(await Api.StartAsync("lab-translate", Input(Lab.VeryLong)));
        Run summarise = await Api.StartAsync("lab-summarise", Input(0));
        Run[] ended = await Api.WaitAllAsync([translate, summarise]);

        Assert.Equal(("Cancelled", "Superseded", summarise.Id), (ended[0].Status, ended[0].Stop?.Reason, ended[0].Stop?.SupersededBy));
        Assert.Equal("Succeeded", ended[1].Status);
        Assert.True(Assert.Single(ended[1].FencingTokens) > Assert.Single(ended[0].FencingTokens));
    }

    [Theory]
    [InlineData("gates?rule=lab-slit", HttpStatusCode.NotFound, "There is no rule \"lab-slit\"; GET limits lists the rules of the app.")]
    [InlineData("gates?rule=lab-queue:1", HttpStatusCode.NotFound, "There is no rule \"lab-queue:1\"; GET limits lists the rules of the app.")]
    [InlineData("gates?workflow=lab-plain", HttpStatusCode.BadRequest, "workflow \"lab-plain\" has no concurrency rule, so it has no gates.")]
    [InlineData("gates?rule=lab-slot&workflow=lab-queue", HttpStatusCode.BadRequest, "workflow or rule: one of the two is required in the query.")]
    [InlineData("gates", HttpStatusCode.BadRequest, "workflow or rule: one of the two is required in the query.")]
    public async Task A_rule_that_is_not_there_is_told(string path, HttpStatusCode status, string detail) =>
        (await Api.ReadAsync(path)).ExpectProblem(status, detail);
}
