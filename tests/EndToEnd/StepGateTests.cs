using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class StepGateTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Newer_step_supersedes_the_older_one_and_its_run_goes_on()
    {
        Run older = await Api.StartAsync(Lab.StepGate, new LabInput(Group, new LabStep(Lab.VeryLong), new LabStep(0.1) { Output = "next" }));
        await Api.WaitForWorkAsync(older);
        Run newer = await Api.StartAsync(Lab.StepGate, new LabInput(Group, new LabStep(0.5)));

        newer = await Api.WaitAsync(newer);
        older = await Api.WaitAsync(older);

        Assert.Equal("Succeeded", newer.Status);
        Assert.Equal("Succeeded", older.Status);
        Assert.Null(older.Stop);
        Assert.Equal(("Cancelled", "Superseded"), (older.Steps[0].Status, older.Steps[0].StopReason));
        Assert.Equal("next", older.Output?[1].GetString());
        Assert.Equal(1, Timeline.MostAtOnce(Timeline.Steps([older, newer])));
    }

    [Fact]
    public async Task The_gates_of_steps_can_be_seen()
    {
        Run run = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.StepGate, new LabInput(Group, new LabStep(Lab.VeryLong))));
        GateHolder holder = Assert.Single((await Api.GateAsync(Lab.StepGate, Group)).Holders);
        Assert.Equal($"{run.Id}#1", holder.RunId);
        Assert.Equal(holder, Assert.Single((await Api.GateOfRuleAsync($"{Lab.StepGate}:0", Group)).Holders));
    }
}
