using System.Net;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class EventTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Run_ends_on_the_event_that_it_names()
    {
        Run run = await StartEndingOnAsync("paid where id = 'A-7'");

        (await Api.AskAsync($"runs/{run.Id}/events/paid", new { id = "B-1" })).Expect(HttpStatusCode.Accepted);
        Assert.Equal("Running", (await Api.GetAsync(run.Id)).Status);
        (await Api.AskAsync($"runs/{run.Id}/events/paid", new { id = "A-7" })).Expect(HttpStatusCode.Accepted);

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", "EndCondition"), (run.Status, run.Stop?.Reason));
    }

    [Fact]
    public async Task Published_event_stops_all_runs_that_end_on_it()
    {
        string name = $"closed-{Guid.NewGuid():N}";
        Run[] runs = [await StartEndingOnAsync(name), await StartEndingOnAsync(name)];
        Run other = await StartEndingOnAsync($"{name}-not");

        // The answer names those who have heard by then; asked again, it names more.
        Published published = await Eventually.GetAsync(
            async () => (await Api.PostAsync($"events/{name}", new { }, name)).Read<Published>(HttpStatusCode.Accepted), now => now.Stopped.Count >= runs.Length);

        Assert.Equal(runs.Select(run => run.Id).Order(), published.Stopped.Order());
        Assert.All(await Api.WaitAllAsync(runs), run => Assert.Equal("EndCondition", run.Stop?.Reason));
        Assert.Equal("Running", (await Api.GetAsync(other.Id)).Status);
    }

    [Fact]
    public async Task Published_event_starts_the_workflow_subscribed_to_it_once_for_a_key()
    {
        string key = $"{Guid.NewGuid():N}";
        object file = new { file = $"{Group}.csv", rows = 0 };

        Published first = (await Api.PostAsync("events/file-uploaded", JsonSerializer.Serialize(file), key)).Read<Published>(HttpStatusCode.Accepted);
        Published again = (await Api.PostAsync("events/file-uploaded", JsonSerializer.Serialize(file), key)).Read<Published>(HttpStatusCode.Accepted);

        Run run = await Api.WaitAsync(Assert.Single(first.Started).Id);
        Assert.Equal(("import-file", "Succeeded"), (run.Workflow, run.Status));
        Assert.Equal(run.Id, Assert.Single(again.Started).Id);
    }

    [Fact]
    public async Task Event_that_cannot_be_told_is_refused()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0))));

        (await Api.AskAsync($"runs/{run.Id}/events/paid", new { })).ExpectProblem(HttpStatusCode.Conflict, "ended");
        (await Api.PostAsync("runs/no-such-run/events/paid", new { })).ExpectProblem(HttpStatusCode.NotFound, "no-such-run");
        (await Api.PostAsync($"events/{new string('x', 101)}", new { })).ExpectProblem(HttpStatusCode.BadRequest, "1 to 100");
        (await Api.PostAsync("events/paid", "{")).ExpectProblem(HttpStatusCode.BadRequest, "");
        (await Api.PostAsync("events/file-uploaded", new { rows = 1 })).ExpectProblem(HttpStatusCode.BadRequest, "input");
    }

    [Fact]
    public async Task Event_published_right_after_a_start_ends_the_run()
    {
        for (int number = 0; number < 20; number++)
        {
            string name = $"at-once-{Guid.NewGuid():N}";
            Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)) { EndWhen = $"event {name}" });

            (await Api.PostAsync($"events/{name}", new { })).Expect(HttpStatusCode.Accepted);

            Assert.Equal("EndCondition", (await Api.WaitAsync(run)).Stop?.Reason);
        }
    }

    [Fact]
    public async Task Event_with_the_key_of_another_is_that_one()
    {
        string name = $"once-{Guid.NewGuid():N}";
        Run first = await StartEndingOnAsync(name);
        Published published = (await Api.PostAsync($"events/{name}", new { }, name)).Read<Published>(HttpStatusCode.Accepted);
        await Api.WaitAsync(first);
        Run second = await StartEndingOnAsync(name);

        Published again = (await Api.PostAsync($"events/{name}", new { }, name)).Read<Published>(HttpStatusCode.Accepted);

        Assert.Equal(published.OperationId, again.OperationId);
        Assert.Equal("Running", (await Api.GetAsync(second.Id)).Status);
    }

    private async Task<Run> StartEndingOnAsync(string condition)
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)) { EndWhen = $"event {condition}" });
        return await Api.WaitForWorkAsync(run);
    }

    private sealed record Published(string Event, IReadOnlyList<Run> Started, IReadOnlyList<string> Stopped, int StoppedCount, string? OperationId);
}
