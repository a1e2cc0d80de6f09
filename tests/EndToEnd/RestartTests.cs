using System.Net;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>Runs that somebody starts again with the platform's own restart, past Preempt.</summary>
public sealed class RestartTests(AppUnderTest app) : EndToEndTests(app)
{
    [Theory]
    [InlineData(Lab.CancelInProgress, false)]
    [InlineData(Lab.CancelInProgress, true)]
    [InlineData(Lab.Queue, false)]
    [InlineData(Lab.Plain, true)]
    public async Task An_ended_run_that_the_platform_restarts_is_a_new_run(string workflow, bool hasNewId)
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "The platform's own API needs a key of its own.");
        Run first = await Api.WaitAsync(await Api.StartAsync(workflow, new LabInput(Group, new LabStep(0.5))));

        string again = await RestartAsync(first.Id, hasNewId);

        Run second = await Eventually.GetAsync(() => Api.GetAsync(again), run => run.HasEnded && run.StartedAt > first.EndedAt);
        Assert.Equal(("Succeeded", null, first.Key), (second.Status, second.Stop, second.Key));
        Assert.Equal(hasNewId, second.Id != first.Id);
        if (workflow != Lab.Plain)
            Assert.True(second.FencingTokens[0] > first.FencingTokens[0]);
    }

    [Fact]
    public async Task It_supersedes_the_run_that_came_between()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "The platform's own API needs a key of its own.");
        Run first = await Api.WaitAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0.5))));
        Run between = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong))));

        string again = await RestartAsync(first.Id, hasNewId: true);

        Run superseded = await Api.WaitAsync(between);
        Assert.Equal(("Superseded", again), (superseded.Stop?.Reason, superseded.Stop?.SupersededBy));
        Assert.Equal("Succeeded", (await Api.WaitAsync(again)).Status);
        Run[] listed = [.. (await Api.ListAsync($"workflow={Lab.CancelInProgress}&key={Group}")).Items];
        Assert.Equal([again, between.Id, first.Id], listed.Select(run => run.Id));
    }

    private async Task<string> RestartAsync(string id, bool hasNewId)
    {
        Answer answer = await Api.SendAsync(
            HttpMethod.Post, $"../runtime/webhooks/durabletask/instances/{Uri.EscapeDataString(id)}/restart?restartWithNewInstanceId={hasNewId}");
        return answer.Read<JsonElement>(HttpStatusCode.Accepted).GetProperty("id").GetString()!;
    }
}
