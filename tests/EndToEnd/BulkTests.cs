using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class BulkTests(AppUnderTest app) : EndToEndTests(app)
{
    private const string Cancel = "bulk-cancel";
    private const string Replay = "bulk-replay";

    private object Filter => new { metadata = new { group = Group } };

    [Fact]
    public async Task Listed_runs_are_cancelled_and_one_that_has_ended_is_no_failure()
    {
        Run ended = await Api.WaitAsync(await StartAsync(0));
        Run[] running = [await StartAsync(Lab.VeryLong), await StartAsync(Lab.VeryLong)];
        Run other = await StartAsync(Lab.VeryLong);
        // An event that overtakes the start is lost on Azure Storage. Then the run takes its step's word for the stop, which has no message.
        foreach (Run run in running)
            await Api.WaitForWorkAsync(run);

        Operation operation = await Api.StartBulkAsync(
            Cancel, new { runIds = new[] { ended.Id, running[0].Id, running[1].Id, running[1].Id, "no-such-run" }, reason = "a clean slate" });
        operation = await Api.WaitAsync(operation);

        Assert.Equal(
            ("Succeeded", 4, 2, 1, 1, false),
            (operation.Status, operation.Total, operation.Done, operation.NothingToDo, operation.Failed, operation.DryRun));
        Assert.Equal("no-such-run", Assert.Single(operation.Failures).RunId);
        Assert.NotNull(operation.EndedAt);
        Run[] stopped = await Api.WaitAllAsync(running);
        Assert.All(stopped, run => Assert.Equal(
            ("Cancelled", "Requested", "a clean slate", operation.Id), (run.Status, run.Stop?.Reason, run.Stop?.Message, run.Stop?.By)));
        Assert.Equal("Succeeded", (await Api.GetAsync(ended.Id)).Status);
        Assert.Null((await Api.GetAsync(other.Id)).Stop);
    }

    [Fact]
    public async Task A_filter_cancels_the_runs_that_it_means_and_no_other()
    {
        Run ended = await Api.WaitAsync(await StartAsync(0));
        Run[] running = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => StartAsync(Lab.VeryLong)));
        Run other = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)));

        Operation operation = await Api.WaitAsync(await Api.StartBulkAsync(Cancel, new { filter = Filter }));

        Assert.Equal(("Succeeded", 25, 25, 0), (operation.Status, operation.Total, operation.Done, operation.Failed));
        Assert.All(await Api.WaitAllAsync(running), run => Assert.Equal("Cancelled", run.Status));
        Assert.Equal("Succeeded", (await Api.GetAsync(ended.Id)).Status);
        Assert.Null((await Api.GetAsync(other.Id)).Stop);
    }

    [Fact]
    public async Task A_dry_run_counts_and_does_nothing()
    {
        Run[] running = [await StartAsync(Lab.VeryLong), await StartAsync(Lab.VeryLong)];

        Operation operation = await Api.WaitAsync(await Api.StartBulkAsync(Cancel, new { filter = Filter, dryRun = true }));

        Assert.Equal(("Succeeded", 2, 0, 0, true), (operation.Status, operation.Total, operation.Done, operation.Failed, operation.DryRun));
        foreach (Run run in running)
            Assert.Null((await Api.GetAsync(run.Id)).Stop);
    }

    [Fact]
    public async Task Ended_runs_are_replayed_once_each()
    {
        Run[] ended = await Api.WaitAllAsync(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => StartAsync(0))));
        Run running = await StartAsync(Lab.VeryLong);

        Operation operation = await Api.WaitAsync(await Api.StartBulkAsync(Replay, new { filter = Filter }));

        Assert.Equal(("Succeeded", 10, 10, 0), (operation.Status, operation.Total, operation.Done, operation.Failed));
        Assert.Equal(21, (await Api.ListAsync($"metadata.group={Group}&limit=200")).Items.Count);
        Assert.Null((await Api.GetAsync(running.Id)).Stop);
        Assert.Equal(10, ended.Length);
    }

    [Fact]
    public async Task Two_operations_at_once_share_the_runs_in_peace()
    {
        Run[] running = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartAsync(Lab.VeryLong)));

        Operation[] operations = await Task.WhenAll(
            Api.StartBulkAsync(Cancel, new { filter = Filter }), Api.StartBulkAsync(Cancel, new { runIds = running.Select(run => run.Id) }));
        operations = await Task.WhenAll(operations.Select(Api.WaitAsync));

        Assert.All(operations, operation => Assert.Equal(("Succeeded", 0), (operation.Status, operation.Failed)));
        Assert.All(await Api.WaitAllAsync(running), run => Assert.Equal("Cancelled", run.Status));
    }

    [Theory]
    [InlineData("{}", "runIds or filter")]
    [InlineData("", "empty")]
    [InlineData("{\"runIds\": []}", "runIds")]
    [InlineData("{\"runIds\": [null]}", "runIds")]
    [InlineData("{\"runIds\": [\"with space\"]}", "run id")]
    [InlineData("{\"runIds\": \"one\"}", "runIds")]
    [InlineData("{\"runIds\": [\"a\"], \"filter\": {\"key\": \"b\"}}", "only one")]
    [InlineData("{\"filter\": {}}", "it is empty")]
    [InlineData("{\"filter\": {\"status\": [\"Succeeded\"]}}", "cannot be cancelled")]
    [InlineData("{\"filter\": {\"status\": [\"Sleeping\"]}}", "status")]
    [InlineData("{\"filter\": {\"status\": [77]}}", "status")]
    [InlineData("{\"filter\": {\"since\": \"yesterday\"}}", "since")]
    [InlineData("{\"filter\": {\"colour\": \"blue\"}}", "colour")]
    [InlineData("{\"filter\": {\"key\": \"b\"}, \"dryRun\": \"yes\"}", "dryRun")]
    public async Task A_bulk_cancel_that_is_not_clear_is_refused(string body, string mentioned) =>
        (await Api.PostAsync($"runs/{Cancel}", body)).ExpectProblem(HttpStatusCode.BadRequest, mentioned);

    [Fact]
    public async Task More_than_ten_thousand_listed_runs_are_refused()
    {
        Answer answer = await Api.PostAsync($"runs/{Cancel}", new { runIds = Enumerable.Range(0, 10_001).Select(number => $"run-{number}") });

        answer.ExpectProblem(HttpStatusCode.BadRequest, "10000");
    }

    [Fact]
    public async Task Runs_that_have_not_ended_cannot_be_asked_for_in_a_replay() =>
        (await Api.PostAsync($"runs/{Replay}", "{\"filter\": {\"status\": [\"Running\"]}}")).ExpectProblem(HttpStatusCode.BadRequest, "ended");

    [Theory]
    [InlineData("no-such-operation")]
    [InlineData("not%20an%20id")]
    public async Task An_unknown_operation_is_not_found(string id) =>
        (await Api.ReadAsync($"operations/{id}")).ExpectProblem(HttpStatusCode.NotFound, Uri.UnescapeDataString(id));

    [Fact]
    public async Task A_run_is_not_an_operation()
    {
        Run run = await StartAsync(0);

        (await Api.ReadAsync($"operations/{run.Id}")).ExpectProblem(HttpStatusCode.NotFound, run.Id);
    }

    private async Task<Run> StartAsync(double seconds)
    {
        Answer answer = await Api.PostAsync(
            $"workflows/{Lab.Plain}/runs", new { input = new LabInput(Group, new LabStep(seconds)), metadata = new { group = Group } });
        return answer.Read<Run>(HttpStatusCode.Accepted);
    }
}
