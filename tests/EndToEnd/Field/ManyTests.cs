using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Field;

/// <summary>Many runs at once: operations on them, and lists of them.</summary>
public sealed class ManyTests(AppUnderTest app) : FieldTests(app)
{
    private static readonly string[] Queued = ["Queued"];

    [Fact]
    public async Task A_bulk_cancel_of_what_waits_leaves_what_works()
    {
        Run[] holders = await HoldQueueAsync();
        Run[] line = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => QueueUpAsync()));

        Operation operation = await Api.WaitAsync(await Api.StartBulkAsync(
            "bulk-cancel", new { filter = new { workflow = Lab.Queue, key = Group, status = Queued } }));

        Assert.Equal((4, 4, 0, 0), (operation.Total, operation.Done, operation.NothingToDo, operation.Failed));
        Assert.All(await Api.WaitAllAsync(line), run => Assert.Equal(("Cancelled", null), (run.Status, run.StartedAt)));
        foreach (Run holder in holders)
            Assert.Equal(("Running", null), await StateAsync(holder));
    }

    [Fact]
    public async Task A_bulk_cancel_leaves_a_run_alone_that_is_started_after_it()
    {
        object marked = new { input = new LabInput(Group, Long), metadata = new { group = Group } };
        Run before = await Api.WaitForWorkAsync(await StartAsync(Lab.Plain, marked));

        Operation operation = await Api.StartBulkAsync("bulk-cancel", new { filter = new { metadata = new { group = Group } } });
        Run after = await StartAsync(Lab.Plain, marked);
        operation = await Api.WaitAsync(operation);

        Assert.Equal((1, 1), (operation.Total, operation.Done));
        Assert.Equal("Cancelled", (await Api.WaitAsync(before)).Status);
        Assert.Null((await Api.WaitForWorkAsync(after)).Stop);
    }

    [Fact]
    public async Task Runs_started_in_one_burst_are_each_on_one_page()
    {
        object start = new { input = new LabInput(Group), metadata = new { group = Group } };
        Run[] runs = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => StartAsync(Lab.Plain, start)));

        List<string> seen = [];
        string? cursor = null;
        do
        {
            Page<Run> page = await Api.ListAsync($"workflow={Lab.Plain}&metadata.group={Group}&limit=5{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Items.Select(run => run.Id));
            cursor = page.Cursor;
        }
        while (cursor is not null && seen.Count <= runs.Length);

        Assert.Equal(runs.Select(run => run.Id).Order(), seen.Order());
    }

    private async Task<(string Status, RunStop? Stop)> StateAsync(Run run)
    {
        Run now = await Api.GetAsync(run.Id);
        return (now.Status, now.Stop);
    }
}
