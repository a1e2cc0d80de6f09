using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class DeleteTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Ended_run_is_deleted_and_a_running_one_is_not()
    {
        Run ended = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0))));
        Run running = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)));

        (await Api.SendAsync(HttpMethod.Delete, $"runs/{ended.Id}")).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync(HttpMethod.Delete, $"runs/{running.Id}")).ExpectProblem(HttpStatusCode.Conflict, "ended");

        (await Api.SendAsync(HttpMethod.Get, $"runs/{ended.Id}")).ExpectProblem(HttpStatusCode.NotFound, ended.Id);
        (await Api.SendAsync(HttpMethod.Delete, $"runs/{ended.Id}")).ExpectProblem(HttpStatusCode.NotFound, ended.Id);
        Assert.False((await Api.GetAsync(running.Id)).HasEnded);
    }

    [Fact]
    public async Task Run_cancelled_to_be_deleted_is_gone_once_it_has_ended()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)));
        await Api.WaitForWorkAsync(run);

        (await Api.PostAsync($"runs/{run.Id}/cancel", new { reason = "not wanted", delete = true })).Expect(HttpStatusCode.Accepted);

        await Eventually.GetAsync(() => Api.SendAsync(HttpMethod.Get, $"runs/{run.Id}"), answer => answer.Status == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Step_can_extend_its_run_and_cancel_it()
    {
        Run extended = await Api.WaitForWorkAsync(await Api.StartAsync(
            Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong) { ExtendBy = "10m" }) { Timeout = Lab.ShortTimeout }));
        Run left = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)) { Timeout = Lab.ShortTimeout });
        Run cancelled = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong) { CancelRun = true }));

        Assert.Equal("TimedOut", (await Api.WaitAsync(left)).Status);
        Assert.Equal("Running", (await Api.GetAsync(extended.Id)).Status);
        cancelled = await Api.WaitAsync(cancelled);
        Assert.Equal(("Cancelled", "Self"), (cancelled.Status, cancelled.Stop?.Reason));
    }
}
