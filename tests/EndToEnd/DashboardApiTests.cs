using System.Net;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>What the dashboard draws: lanes, numbers, operations, and the forms of workflows.</summary>
public sealed class DashboardApiTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task A_lane_has_its_runs_and_its_line()
    {
        string since = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddMinutes(-5).ToString("O"));
        string group = $"lane {Guid.NewGuid():N}";
        List<string> runs = [];
        for (int i = 0; i < 3; i++)
        {
            Run run = await StartAsync(group);
            runs.Add(run.Id);
            // Runs come to their gate in any order: the third is started when the others are inside.
            if (i < 2)
                await Api.WaitForWorkAsync(run);
        }

        JsonElement lanes = await Eventually.GetAsync(
            () => ReadAsync<JsonElement>($"lanes?workflow=lab-queue&since={since}&key={Uri.EscapeDataString(group)}"),
            found => found.GetProperty("gates").EnumerateArray().Select(gate => (Number(gate, "waiting"), Number(gate, "holders"))).SequenceEqual([(1, 2)]));

        Assert.Equal(runs, lanes.GetProperty("runs").EnumerateArray().Select(run => Text(run, "id")));
        Assert.Equal([runs[2]], lanes.GetProperty("gates")[0].GetProperty("next").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal("Queued", Text(lanes.GetProperty("runs")[2], "status"));
    }

    [Fact]
    public async Task The_app_says_what_it_is_and_what_it_runs_on()
    {
        JsonElement about = (await ReadAsync<JsonElement>("system/status")).GetProperty("app");

        Assert.Equal("Preempt.Functions", Text(about, "name"));
        Assert.Matches(@"^\d+\.\d+\.\d+", Text(about, "preemptVersion"));
        bool isEmbedded = Text(about, "backend")!.StartsWith("embedded host", StringComparison.Ordinal);
        Assert.Equal(isEmbedded ? "in the process" : "table PreemptStops", Text(about, "feed")!.Split(',')[0]);
        Assert.Matches(@"^.+:\d+$", Text(about, "process"));
    }

    [Fact]
    public async Task Runs_are_found_by_a_part_of_their_key_and_by_their_parent_and_are_counted()
    {
        string group = $"Part {Guid.NewGuid():N}";
        Run run = await StartAsync(group);
        string part = Uri.EscapeDataString(group[2..].ToUpperInvariant());

        Page<Run> list = await Api.ListAsync($"workflow=lab-queue&text={part}");
        JsonElement statistics = await ReadAsync<JsonElement>($"statistics?workflow=lab-queue&text={part}");
        Page<Run> children = await Api.ListAsync($"workflow=lab-queue&text={part}&parentId=nobody");

        Assert.Equal(run.Id, Assert.Single(list.Items).Id);
        Assert.Equal(1, Number(statistics, "runs"));
        Assert.Equal([group], statistics.GetProperty("keys").EnumerateArray().Select(key => Text(key, "key")));
        Assert.Empty(children.Items);
    }

    [Fact]
    public async Task Operations_are_listed_the_newest_first()
    {
        object nobody = new { filter = new { workflow = "lab-queue", key = $"{Guid.NewGuid():N}" }, dryRun = true };
        string[] ids = [(await Api.StartBulkAsync("bulk-cancel", nobody)).Id, (await Api.StartBulkAsync("bulk-cancel", nobody)).Id];

        Page<Operation> list = await ReadAsync<Page<Operation>>("operations?limit=200");

        Assert.Equal([ids[1], ids[0]], list.Items.Select(operation => operation.Id).Where(ids.Contains));
    }

    [Fact]
    public async Task A_workflow_says_what_it_takes()
    {
        Page<JsonElement> list = await ReadAsync<Page<JsonElement>>("workflows");
        JsonElement chat = list.Items.Single(workflow => Text(workflow, "name") == "chat-reply");
        JsonElement schema = chat.GetProperty("inputSchema");

        Assert.Equal(["userId", "message", "seconds"], schema.GetProperty("properties").EnumerateObject().Select(property => property.Name));
        Assert.Equal("number", Text(schema.GetProperty("properties").GetProperty("seconds"), "type"));
        Assert.Equal(["userId", "message"], schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("ada", Text(chat.GetProperty("inputExample"), "userId"));
    }

    private Task<Run> StartAsync(string group) => Api.StartAsync("lab-queue", new { group, steps = new[] { new { seconds = 60 } } });

    private async Task<T> ReadAsync<T>(string path) => (await Api.ReadAsync(path)).Read<T>(HttpStatusCode.OK);

    private static string? Text(JsonElement found, string name) => found.GetProperty(name).GetString();

    private static int Number(JsonElement found, string name) => found.GetProperty(name).GetInt32();
}
