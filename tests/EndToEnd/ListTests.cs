using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class ListTests(AppUnderTest app) : EndToEndTests(app)
{
    private string OfGroup => $"workflow={Lab.CancelInProgress3}&key={Group}";

    [Fact]
    public async Task Runs_are_listed_newest_first()
    {
        List<string> ids = await StartSeveralAsync(5);

        Page<Run> page = await Api.ListAsync(OfGroup);

        Assert.Equal(Enumerable.Reverse(ids), page.Items.Select(run => run.Id));
        Assert.Null(page.Cursor);
    }

    [Fact]
    public async Task Pages_follow_one_another_without_a_gap_while_runs_are_started()
    {
        List<string> ids = await StartSeveralAsync(5);
        List<string> seen = [];
        string? cursor = null;
        do
        {
            Page<Run> page = await Api.ListAsync($"{OfGroup}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.InRange(page.Items.Count, 0, 2);
            seen.AddRange(page.Items.Select(run => run.Id));
            cursor = page.Cursor;
            await StartSeveralAsync(1);
        }
        while (cursor is not null && seen.Count < 20);

        Assert.Equal(Enumerable.Reverse(ids), seen);
    }

    [Fact]
    public async Task A_workflows_list_mixes_its_keys_by_age()
    {
        Run first = await StartMarkedAsync(Lab.Plain, Group);
        Run second = await StartMarkedAsync(Lab.CancelInProgress3, $"{Group}-z");
        Run third = await StartMarkedAsync(Lab.CancelInProgress3, $"{Group}-a");
        Run fourth = await StartMarkedAsync(Lab.CancelInProgress3, $"{Group}-m");

        await AssertFoundAsync($"workflow={Lab.CancelInProgress3}&metadata.group={Group}", fourth, third, second);
        await AssertFoundAsync($"metadata.group={Group}", fourth, third, second, first);
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        Run plain = await StartAsync(null);
        Run marked = await StartAsync(new { team = "blue", note = "a b&c=d" });
        Run running = await Api.StartAsync(Lab.CancelInProgress3, new LabInput(Group, new LabStep(Lab.VeryLong)));
        await Api.WaitForWorkAsync(running);
        await Api.WaitAsync(plain);
        await Api.WaitAsync(marked);

        await AssertFoundAsync($"{OfGroup}&metadata.team=blue", marked);
        await AssertFoundAsync($"{OfGroup}&metadata.team=blue&metadata.note=a%20b%26c%3Dd", marked);
        await AssertFoundAsync($"{OfGroup}&metadata.team=red");
        await AssertFoundAsync($"{OfGroup}&status=running", running);
        await AssertFoundAsync($"{OfGroup}&status=Succeeded,Failed", marked, plain);
        await AssertFoundAsync($"{OfGroup}&status=Succeeded&status=Running", running, marked, plain);
        await AssertFoundAsync($"{OfGroup}&since={Time(marked.QueuedAt)}", running, marked);
        await AssertFoundAsync($"{OfGroup}&until={Time(marked.QueuedAt)}", marked, plain);
        await AssertFoundAsync($"key={Group}&limit=200", running, marked, plain);
    }

    [Fact]
    public async Task A_run_with_an_id_of_its_callers_own_is_found_like_any_other()
    {
        Run own = await StartMarkedAsync(Lab.CancelInProgress3, Group, runId: $"own:{Group}"[..80]);
        // An id that lies in the range of its workflow, and not in that of its key.
        Run near = await StartMarkedAsync(Lab.CancelInProgress3, Group, runId: $"{Lab.CancelInProgress3}:{Group}"[..80]);
        Run made = await StartMarkedAsync(Lab.CancelInProgress3, Group);

        await AssertFoundAsync(OfGroup, made, near, own);
        await AssertFoundAsync($"workflow={Lab.CancelInProgress3}&metadata.group={Group}", made, near, own);
        await AssertFoundAsync($"metadata.group={Group}", made, near, own);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("status=Sleeping", "Sleeping")]
    [InlineData("status=", "status")]
    [InlineData("status=1", "status")]
    [InlineData("since=yesterday", "since")]
    [InlineData("since=2026-11-25", "since")]
    [InlineData("until=0001-01-01T00:00:00Z", "until")]
    [InlineData("since=2026-11-25T10:00:00Z&until=2026-11-25T09:00:00Z", "since")]
    [InlineData("workflow=Not%20a%20name", "workflow name")]
    [InlineData("workflow=a&workflow=b", "workflow")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("cursor=MTpub25zZW5zZQ", "cursor")]
    [InlineData("metadata.=x", "metadata.")]
    [InlineData("statsu=Running", "statsu")]
    public async Task A_condition_that_cannot_be_read_is_refused(string query, string mentioned) =>
        (await Api.ReadAsync($"runs?{query}")).ExpectProblem(HttpStatusCode.BadRequest, mentioned);

    [Fact]
    public async Task A_cursor_belongs_to_one_list()
    {
        await StartSeveralAsync(3);
        Page<Run> page = await Api.ListAsync($"{OfGroup}&limit=1");

        Answer answer = await Api.ReadAsync($"runs?workflow={Lab.Plain}&cursor={page.Cursor}");

        answer.ExpectProblem(HttpStatusCode.BadRequest, "another filter");
    }

    [Fact]
    public async Task A_page_of_large_runs_has_fewer_of_them()
    {
        string large = new('x', 900 * 1024);
        for (int i = 0; i < 7; i++)
            await Api.StartAsync(Lab.CancelInProgress3, new LabInput(Group, new LabStep(0) { Output = i == 0 ? "small" : large }));

        Page<Run> page = await Api.ListAsync($"{OfGroup}&limit=100");

        Assert.InRange(page.Items.Count, 1, 6);
        Assert.NotNull(page.Cursor);
    }

    private async Task<Run> StartAsync(object? metadata)
    {
        object body = metadata is null
            ? new { input = new LabInput(Group, new LabStep(0)) }
            : new { input = new LabInput(Group, new LabStep(0)), metadata };
        return (await Api.PostAsync($"workflows/{Lab.CancelInProgress3}/runs", body)).Read<Run>(HttpStatusCode.Accepted);
    }

    private async Task<Run> StartMarkedAsync(string workflow, string group, string? runId = null)
    {
        Answer answer = await Api.PostAsync(
            $"workflows/{workflow}/runs", new { input = new LabInput(group, new LabStep(0)), runId, metadata = new { group = Group } });
        return answer.Read<Run>(HttpStatusCode.Accepted);
    }

    private async Task<List<string>> StartSeveralAsync(int count)
    {
        List<string> ids = [];
        for (int i = 0; i < count; i++)
            ids.Add((await Api.StartAsync(Lab.CancelInProgress3, new LabInput(Group, new LabStep(0)))).Id);
        return ids;
    }

    private async Task AssertFoundAsync(string query, params Run[] expected) =>
        Assert.Equal(expected.Select(run => run.Id), (await Api.ListAsync(query)).Items.Select(run => run.Id));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O");
}
