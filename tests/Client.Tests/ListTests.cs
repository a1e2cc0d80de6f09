using Preempt.EndToEnd.Hosting;

namespace Preempt.Client.Tests;

public sealed class ListTests(AppUnderTest app) : ClientTests(app)
{
    [Fact]
    public async Task Runs_of_a_filter_are_listed_newest_first()
    {
        List<string> ids = [];
        for (int i = 0; i < 3; i++)
            ids.Add((await Client.StartAsync(Lab.Queue, Lab.Input(Group, 0), cancellationToken: TestEnd)).Id);
        foreach (string id in ids)
            await Client.WaitAsync(id, TimeSpan.FromMinutes(1), TestEnd);
        RunFilter filter = new() { Workflow = Lab.Queue, Key = Group, Status = [RunStatus.Succeeded, RunStatus.Failed] };
        ids.Reverse();
        Assert.Equal(ids, (await Client.ListAsync(filter, TestEnd).ToListAsync(TestEnd)).Select(run => run.Id));
        Page<Run> first = await Client.ListPageAsync(filter, limit: 2, cancellationToken: TestEnd);
        Page<Run> second = await Client.ListPageAsync(filter, limit: 2, first.Cursor, TestEnd);
        Assert.Equal(ids, first.Items.Concat(second.Items).Select(run => run.Id));
    }

    [Fact]
    public async Task A_run_is_explained_and_replayed()
    {
        Run run = await Client.StartAsync(Lab.Queue, Lab.Input(Group, 0), cancellationToken: TestEnd);
        await Client.WaitAsync(run.Id, TimeSpan.FromMinutes(1), TestEnd);
        RunExplanation explanation = await Client.ExplainAsync(run.Id, TestEnd);
        Assert.Equal((run.Id, RunStatus.Succeeded), (explanation.RunId, explanation.Status));
        Assert.NotEmpty(explanation.Sentences);
        (Run first, bool firstIsNew) = await Client.ReplayAsync(run.Id, Group, TestEnd);
        (Run again, bool againIsNew) = await Client.ReplayAsync(run.Id, Group, TestEnd);
        Assert.Equal((first.Id, true, false), (again.Id, firstIsNew, againIsNew));
        Assert.NotEqual(run.Id, first.Id);
    }

    [Fact]
    public async Task Many_runs_are_cancelled_as_one_operation()
    {
        Run[] runs = [await StartLongAsync(Lab.Queue), await StartLongAsync(Lab.Queue)];
        BulkRequest request = new() { RunIds = [.. runs.Select(run => run.Id)], Reason = "all of them" };
        Operation operation = await Client.BulkCancelAsync(request, cancellationToken: TestEnd);
        for (int read = 0; read < 2000 && operation.Status == OperationStatus.Running; read++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestEnd);
            operation = await Client.GetOperationAsync(operation.Id, TestEnd);
        }

        Assert.Equal((OperationStatus.Succeeded, 2, 2, 0), (operation.Status, operation.Total, operation.Done, operation.Failed));
        Run ended = await Client.WaitAsync(runs[1].Id, TimeSpan.FromMinutes(1), TestEnd);
        Assert.Equal((RunStatus.Cancelled, "all of them"), (ended.Status, ended.Stop?.Message));
        await Assert.ThrowsAsync<UnknownOperationException>(() => Client.GetOperationAsync("no-such-operation", TestEnd));
    }
}
