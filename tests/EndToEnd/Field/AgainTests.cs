using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Field;

/// <summary>What is done again: replays, ids that come back, requests whose answers nobody read.</summary>
public sealed class AgainTests(AppUnderTest app) : FieldTests(app)
{
    private readonly HttpClient _http = app.Http;

    [Fact]
    public async Task A_replay_keeps_the_timeout_that_its_start_had_narrowed()
    {
        Run first = await Api.WaitAsync(await StartAsync(Lab.Plain, new { input = new LabInput(Group, new LabStep(60)), timeout = "1s" }));

        Run again = await Api.WaitAsync(await ReplayAsync(first));

        Assert.Equal(("TimedOut", "TimedOut"), (first.Status, again.Status));
    }

    [Fact]
    public async Task A_replay_of_an_old_run_is_the_newest_of_its_key()
    {
        Run first = await HoldAsync(Lab.CancelInProgress);
        Run second = await HoldAsync(Lab.CancelInProgress);
        first = await Api.WaitAsync(first);
        Assert.Equal(second.Id, first.Stop?.SupersededBy);

        Run again = await Api.WaitForWorkAsync(await ReplayAsync(first));

        Assert.Null(again.Stop);
        Assert.Equal(("Cancelled", again.Id), await Superseded(second));

        async Task<(string, string?)> Superseded(Run run)
        {
            run = await Api.WaitAsync(run);
            return (run.Status, run.Stop?.SupersededBy);
        }
    }

    [Fact]
    public async Task A_replay_of_a_run_and_of_its_child_runs_the_child_once()
    {
        Run parent = await Api.WaitAsync(await Api.StartAsync(Lab.Children, new LabInput(Group) { Children = new[] { new LabInput(Group) } }));
        Run child = Assert.Single((await Api.ListAsync($"workflow={Lab.Plain}&parentId={parent.Id}")).Items);

        Operation operation = await Api.WaitAsync(await Api.StartBulkAsync("bulk-replay", new { runIds = new[] { child.Id, parent.Id } }));

        Assert.Equal(("Succeeded", 2, 1, 1, 0), (operation.Status, operation.Total, operation.Done, operation.NothingToDo, operation.Failed));
    }

    [Fact]
    public async Task An_id_is_free_again_once_its_run_is_deleted()
    {
        string runId = $"order-{Guid.NewGuid():N}";
        object metadata = new { order = runId };
        await Api.WaitAsync(await StartAsync(Lab.Plain, new { input = new LabInput(Group, new LabStep(0) { Output = "first" }), runId, metadata }));
        (await Api.SendAsync(HttpMethod.Delete, $"runs/{runId}")).Expect(HttpStatusCode.NoContent);

        Run second = await Api.WaitAsync(await StartAsync(Lab.Plain, new { input = new LabInput(Group, new LabStep(0) { Output = "second" }), runId, metadata }));

        Assert.Equal((runId, "second"), (second.Id, second.Output?[0].GetString()));
        Assert.Equal(runId, Assert.Single((await Api.ListAsync($"workflow={Lab.Plain}&metadata.order={runId}")).Items).Id);
    }

    [Fact]
    public async Task A_start_whose_caller_hung_up_is_found_by_its_key()
    {
        for (int round = 0; round < 3; round++)
        {
            string key = $"{Group}-{round}";
            object start = new { input = new LabInput(Group), metadata = new { key } };
            using CancellationTokenSource hangUp = new();
            using HttpRequestMessage request = new(HttpMethod.Post, $"workflows/{Lab.Plain}/runs")
            {
                Content = System.Net.Http.Json.JsonContent.Create(start, options: ApiJson.Options),
                Headers = { { "Idempotency-Key", key } },
            };
            Task<HttpResponseMessage> sent = _http.SendAsync(request, hangUp.Token);
            hangUp.CancelAfter(TimeSpan.FromMilliseconds(round * 10));
            try
            {
                (await sent).Dispose();
            }
            catch (OperationCanceledException)
            {
                // What became of it, its caller does not know.
            }

            Run run = await Api.WaitAsync((await Api.AskAsync($"workflows/{Lab.Plain}/runs", start, key)) switch
            {
                { Status: HttpStatusCode.OK } known => known.Read<Run>(HttpStatusCode.OK),
                var answer => answer.Read<Run>(HttpStatusCode.Accepted),
            });

            Assert.Equal("Succeeded", run.Status);
            Assert.Equal(run.Id, Assert.Single((await Api.ListAsync($"workflow={Lab.Plain}&metadata.key={key}")).Items).Id);
        }
    }

    [Fact]
    public async Task Hanging_up_on_a_wait_stops_nothing()
    {
        Run run = await HoldAsync(Lab.Plain);
        using (CancellationTokenSource hangUp = new(TimeSpan.FromMilliseconds(50)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => _http.GetAsync(new Uri($"runs/{run.Id}?wait=1m", UriKind.Relative), hangUp.Token));
        }

        // The first reason stands: whatever the caller's going had set off would have come before this.
        await Api.CancelAsync(run, "now");
        Assert.Equal("now", (await Api.WaitAsync(run)).Stop?.Message);
    }

    private async Task<Run> ReplayAsync(Run run)
    {
        Run again = (await Api.PostAsync($"runs/{run.Id}/replay", new { })).Read<Run>(HttpStatusCode.Accepted);
        return await Api.GetAsync(again.Id);
    }
}
