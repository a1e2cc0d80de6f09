using System.Net;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class ReplayTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task A_replay_has_the_input_the_key_and_the_metadata_of_the_run()
    {
        Answer started = await Api.PostAsync(
            $"workflows/{Lab.CancelInProgress}/runs",
            new { input = new LabInput("unused", new LabStep(0) { Output = "out" }), key = Group, metadata = new { team = "blue" } });
        Run first = await Api.WaitAsync(started.Read<Run>(HttpStatusCode.Accepted));

        Answer answer = await Api.PostAsync($"runs/{first.Id}/replay", "");

        Run second = answer.Read<Run>(HttpStatusCode.Accepted);
        Assert.NotEqual(first.Id, second.Id);
        Assert.EndsWith($"/api/runs/{second.Id}", answer.Location!.ToString(), StringComparison.Ordinal);
        second = await Api.WaitAsync(second);
        Assert.Equal(("Succeeded", first.Key, "blue"), (second.Status, second.Key, second.Metadata["team"]));
        Assert.Equal(JsonSerializer.Serialize(first.Input), JsonSerializer.Serialize(second.Input));
        Assert.Equal(JsonSerializer.Serialize(first.Output), JsonSerializer.Serialize(second.Output));
    }

    [Fact]
    public async Task A_run_that_has_not_ended_is_not_replayed()
    {
        Run run = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong)));
        run = await Api.WaitForWorkAsync(run);

        Answer answer = await Api.PostAsync($"runs/{run.Id}/replay", "{}");

        answer.ExpectProblem(HttpStatusCode.Conflict, "has not ended");
        Assert.Equal("Running", (await Api.GetAsync(run.Id)).Status);
        Assert.Single((await Api.ListAsync($"workflow={Lab.CancelInProgress}&key={Group}")).Items);
    }

    [Fact]
    public async Task Replays_with_one_idempotency_key_are_one_run()
    {
        Run first = await Api.WaitAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0))));

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Api.PostAsync($"runs/{first.Id}/replay", "", idempotencyKey: Group)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Accepted);
        Assert.Equal(4, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(2, (await Api.ListAsync($"workflow={Lab.CancelInProgress}&key={Group}")).Items.Count);
    }

    [Fact]
    public async Task An_unknown_run_is_not_replayed() =>
        (await Api.PostAsync("runs/no-such-run/replay", "")).ExpectProblem(HttpStatusCode.NotFound, "no-such-run");

    [Fact]
    public async Task A_replay_takes_nothing_else()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0))));

        (await Api.PostAsync($"runs/{run.Id}/replay", "{\"input\": 1}")).ExpectProblem(HttpStatusCode.BadRequest, "input");
    }
}
