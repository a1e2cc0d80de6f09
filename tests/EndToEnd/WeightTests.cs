using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>Keys that take turns, each as many as its weight.</summary>
public sealed class WeightTests(AppUnderTest app) : EndToEndTests(app)
{
    private const string Workflow = "lab-weights";

    private LabInput Input(string key, int weight, double seconds = 0) => new($"{Group} {key}", new LabStep(seconds)) { Weight = weight };

    [Fact]
    public async Task A_key_of_three_times_the_weight_has_three_times_the_turns()
    {
        Run busy = await Api.WaitForWorkAsync(await Api.StartAsync(Workflow, Input("busy", 1, Lab.VeryLong)));
        List<Run> waiting = [];
        foreach ((string key, int weight) in Enumerable.Repeat(("pro", 3), 6).Concat(Enumerable.Repeat(("free", 1), 3)))
            waiting.Add(await Api.StartAsync(Workflow, Input(key, weight)));
        await Eventually.GetAsync(() => Api.GateAsync(Workflow, busy.Key!), gate => gate.Waiters.Count == waiting.Count);
        await Api.CancelAsync(busy);

        Run[] ended = [.. (await Api.WaitAllAsync(waiting)).OrderBy(run => Assert.Single(run.FencingTokens))];
        Assert.All(ended, run => Assert.Equal("Succeeded", run.Status));
        Assert.Equal("pro pro pro free pro pro pro free free", string.Join(' ', ended.Select(run => run.Key!.Split(' ')[^1])));
    }

    [Fact]
    public async Task A_weight_that_is_out_of_range_refuses_the_start() =>
        (await Api.PostAsync($"workflows/{Workflow}/runs", new { input = Input("pro", 101) })).ExpectProblem(HttpStatusCode.BadRequest, "weight: the workflow's code returned 101; 1 to 100 is allowed");
}
