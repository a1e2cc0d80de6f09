using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>A maximum of a key that comes from the input of its runs.</summary>
public sealed class ComputedLimitTests(AppUnderTest app) : EndToEndTests(app)
{
    private const string Workflow = "lab-slots";

    private LabInput Input(int slots) => new(Group, new LabStep(Lab.VeryLong)) { Slots = slots };

    [Fact]
    public async Task The_newest_run_of_a_key_says_how_many_may_run()
    {
        Run first = await Api.WaitForWorkAsync(await Api.StartAsync(Workflow, Input(slots: 1)));
        Run second = await Api.StartAsync(Workflow, Input(slots: 1));
        await Eventually.GetAsync(() => Api.GateAsync(Workflow, Group), gate => gate.Waiters.Count == 1);

        Run third = await Api.StartAsync(Workflow, Input(slots: 3));
        await Task.WhenAll(Api.WaitForWorkAsync(second), Api.WaitForWorkAsync(third));
        Assert.Equal(3, (await Api.GateAsync(Workflow, Group)).MaxRuns);

        // Fewer than run: nobody is stopped, and the next waits until enough have ended.
        Run fourth = await Api.StartAsync(Workflow, Input(slots: 1));
        await Eventually.GetAsync(() => Api.GateAsync(Workflow, Group), gate => gate.Waiters.Count == 1);
        await Api.CancelAsync(first);
        await Api.CancelAsync(second);
        await Api.WaitAllAsync([first, second]);
        Gate gate = await Eventually.GetAsync(() => Api.GateAsync(Workflow, Group), now => now.Holders.Count == 1);
        Assert.Equal((1, third.Id, fourth.Id), (gate.MaxRuns, Assert.Single(gate.Holders).RunId, Assert.Single(gate.Waiters).RunId));
        Assert.Contains("where 1 run may run", (await Api.ReadAsync($"runs/{fourth.Id}/explain")).Read<Explanation>(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        await Api.CancelAsync(third);
        await Api.WaitForWorkAsync(fourth);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_maximum_that_is_out_of_range_refuses_the_start(int slots) =>
        (await Api.PostAsync($"workflows/{Workflow}/runs", new { input = Input(slots) })).ExpectProblem(HttpStatusCode.BadRequest, "1 to 1000 is allowed");
}
