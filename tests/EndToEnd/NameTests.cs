using System.Net;
using System.Text;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>
/// Ids, keys, metadata and names of events: what a start takes is read, listed, filtered, stopped and deleted over every route, and what could not
/// be is refused at the start. Names do not distinguish case, values do.
/// </summary>
public sealed class NameTests(AppUnderTest app) : EndToEndTests(app)
{
    private const string Path = $"workflows/{Lab.Queue}/runs";

    /// <summary>A run id, a key, a name and a value of metadata, and the name of an event; UNIQUE stands for a text of the test's own.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string, string, string>> Taken { get; } =
    [
        Row("the longest", "9UNIQUE".PadRight(74, '~'), "UNIQUE".PadRight(486, 'ж'), new string('é', 64), new string('日', 512), "UNIQUE".PadRight(74, 'e')),
        Row("signs that mean something in an address", "a..:~_-.UNIQUE..", @"%2F/..\?#&=+;,@:$'""<>{}|^UNIQUE", "%41.b/c?d&e+f[0]", "%2F&x=1+1#", "a?b#c&d=e+f;g@h:i.UNIQUE.."),
        Row("white space and letters of any script", "A.UNIQUE", " \t Ключ\n日本 🦊 é e\u0301 \u0001UNIQUE ", " größe  日本 🦊 ", "e\u0301", " Ünïcödé  日本 🦊 it's UNIQUE "),
        Row("words of the API, and nothing", "bulk-cancel", "", "code", "", "where UNIQUE"),
    ];

    /// <summary>Members of a start beside its input, with what the refusal mentions.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> RefusedStarts { get; } =
    [
        new("\"runId\": \"\"", "run id"),
        new("\"runId\": \"..\"", "run id"),
        new("\"runId\": \"a/b\"", "run id"),
        new("\"runId\": \"a%2Fb\"", "run id"),
        new("\"runId\": \"a?b\"", "run id"),
        new("\"runId\": \"aé\"", "run id"),
        new("\"metadata\": {\"\": \"x\"}", "metadata"),
        new("\"metadata\": {\"a=b\": \"x\"}", "a=b"),
        new("\"metadata\": {\"a\\nb\": \"x\"}", "control character"),
        new($"\"metadata\": {{\"{new string('n', 65)}\": \"x\"}}", "64"),
        new($"\"metadata\": {{\"a\": \"{new string('v', 513)}\"}}", "512"),
        new("\"metadata\": {\"team\": \"x\", \"Team\": \"y\"}", "case"),
        new($"\"key\": \"{new string('k', 513)}\"", "512"),
    ];

    /// <summary>Conditions that no run can meet, with what the refusal mentions.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> RefusedReads { get; } =
    [
        new("runs?parentId=", "parentId"),
        new("runs?parentId=..", "parentId"),
        new("runs?metadata.a%3Db=x", "a=b"),
        new($"runs?metadata.{new string('n', 65)}=x", "64"),
        new($"runs?metadata.a={new string('v', 513)}", "512"),
        new("runs?metadata.team=x&metadata.Team=x", "team"),
        new($"runs?key={new string('k', 513)}", "512"),
        // A sign for kelvin, whose small letter is a k.
        new("runs?workflow=%E2%84%AAey", "workflow name"),
        new("statistics?metadata.a%0Ab=x", "control character"),
        new($"lanes?workflow={Lab.Queue}&since=2026-11-25T08:00:00Z&key={new string('k', 513)}", "512"),
        new($"gates?workflow={Lab.Queue}&key={new string('k', 513)}", "512"),
        new($"gates?workflow={Lab.Queue}&Kye=a", "Kye"),
    ];

    /// <summary>Requests that nothing can come of, with what the refusal mentions.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> RefusedRequests { get; } =
    [
        new("runs/bulk-cancel", "{\"filter\": {\"metadata\": {\"\": \"x\"}}}", "metadata"),
        new("runs/bulk-cancel", "{\"filter\": {\"metadata\": {\"a\": null}}}", "metadata"),
        new("runs/bulk-cancel", "{\"filter\": {\"metadata\": {\"a\": \"x\", \"A\": \"x\"}}}", "case"),
        new("runs/bulk-cancel", "{\"filter\": {\"parentId\": \"a b\"}}", "parentId"),
        new("runs/bulk-cancel", "{\"filter\": {\"status\": [\"1\"]}}", "status"),
        new("runs/bulk-cancel", "{\"runIds\": [\"..\"]}", "run id"),
        new("events/a%2Fb", "{}", "event"),
        new("events/a%5Cb", "{}", "event"),
        new("events/50%25", "{}", "event"),
        new("system/drain?mod=immediate", "", "mod"),
    ];

    [Theory]
    [MemberData(nameof(Taken))]
    public async Task What_a_start_takes_holds_over_every_route(string runId, string key, string name, string value, string eventName)
    {
        (runId, key, eventName) = (Own(runId), Own(key), Own(eventName));
        DateTimeOffset before = DateTimeOffset.UtcNow - TimeSpan.FromHours(1);
        object start = new
        {
            input = new LabInput(Group, new LabStep(Lab.VeryLong)) { EndWhen = $"event '{eventName.Replace("'", "''", StringComparison.Ordinal)}' where ok = true" },
            runId,
            key,
            metadata = new Dictionary<string, string> { [name] = value },
        };
        string metadata = $"metadata.{Uri.EscapeDataString(name.ToUpperInvariant())}={Uri.EscapeDataString(value)}";
        string ofKey = $"workflow=Lab-QUEUE&key={Uri.EscapeDataString(key)}";

        Run run = (await Api.PostAsync("workflows/LAB-Queue/runs", start)).Read<Run>(HttpStatusCode.Accepted);
        Assert.Equal((runId, Lab.Queue, key, value), (run.Id, run.Workflow, run.Key, run.Metadata[name]));
        run = await Api.WaitForWorkAsync(run);
        Assert.Equal((runId, Lab.Queue, key, value), (run.Id, run.Workflow, run.Key, run.Metadata[name]));
        (await Api.PostAsync(Path, start)).ExpectProblem(HttpStatusCode.Conflict, runId);

        Assert.Equal(runId, (await Api.ReadAsync($"runs/{runId}/explain")).Read<Explanation>(HttpStatusCode.OK).RunId);
        Gate gate = await Api.GateAsync("Lab-Queue", key);
        Assert.Equal((Lab.Queue, key), (gate.Workflow, gate.Key));
        Assert.Equal(runId, Assert.Single(gate.Holders).RunId);
        foreach (string query in (string[])[ofKey, $"{ofKey}&status=rUNNING", $"workflow={Lab.Queue}&{metadata}", $"key={Uri.EscapeDataString(key)}", $"text={runId.ToUpperInvariant()}"])
            Assert.Equal(runId, Assert.Single((await Api.ListAsync(query)).Items).Id);
        Assert.Equal(1, (await Api.ReadAsync($"statistics?{ofKey}")).Read<JsonElement>(HttpStatusCode.OK).GetProperty("runs").GetInt32());
        JsonElement lanes = (await Api.ReadAsync($"lanes?{ofKey}&since={before.UtcDateTime:O}")).Read<JsonElement>(HttpStatusCode.OK);
        Assert.Equal([(runId, key)], lanes.GetProperty("runs").EnumerateArray().Select(each => (each.GetProperty("id").GetString(), each.GetProperty("key").GetString())));

        (await Api.AskAsync($"runs/{runId}/events/{Uri.EscapeDataString(eventName)}", new { ok = false })).Expect(HttpStatusCode.Accepted);
        Assert.Equal("Running", (await Api.GetAsync(runId)).Status);
        (await Api.PostAsync($"events/{Uri.EscapeDataString(eventName.ToUpperInvariant())}", new { ok = true })).Expect(HttpStatusCode.Accepted);
        Assert.Equal("EndCondition", (await Api.WaitAsync(run)).Stop?.Reason);
        Assert.Equal(runId, (await Api.SendCancelAsync(runId)).ExpectProblem(HttpStatusCode.Conflict, "ended").Run?.Id);

        Run again = (await Api.PostAsync($"runs/{runId}/replay", new { })).Read<Run>(HttpStatusCode.Accepted);
        object filter = new { workflow = "LAB-queue", key, metadata = new Dictionary<string, string> { [name.ToUpperInvariant()] = value } };
        Operation cancelled = await Api.WaitAsync(await Api.StartBulkAsync("bulk-cancel", new { filter }));
        Assert.Equal((1, 1), (cancelled.Total, cancelled.Done));
        again = await Api.WaitAsync(again);
        Assert.Equal(("Cancelled", key, value), (again.Status, again.Key, again.Metadata[name]));

        (await Api.SendAsync(HttpMethod.Delete, $"runs/{runId}")).Expect(HttpStatusCode.NoContent);
        (await Api.ReadAsync($"runs/{runId}")).ExpectProblem(HttpStatusCode.NotFound, runId);
        Assert.Equal(again.Id, Assert.Single((await Api.ListAsync(ofKey)).Items).Id);
    }

    [Fact]
    public async Task Ids_keys_and_values_that_differ_in_case_are_different()
    {
        string own = Own("UNIQUE");
        Run upper = await StartAsync($"Case-{own}", $"Ada-{own}", $"Blue-{own}");
        Run lower = await StartAsync($"case-{own}", $"ada-{own}", $"blue-{own}");

        Run[] working = [await Api.WaitForWorkAsync(upper), await Api.WaitForWorkAsync(lower)];

        foreach (Run run in working)
        {
            Assert.Equal(run.Id, Assert.Single((await Api.GateAsync(Lab.Queue, run.Key!)).Holders).RunId);
            Assert.Equal(run.Id, Assert.Single((await Api.ListAsync($"workflow={Lab.Queue}&key={run.Key}")).Items).Id);
            Assert.Equal(run.Id, Assert.Single((await Api.ListAsync($"workflow={Lab.Queue}&metadata.TEAM={run.Metadata["team"]}")).Items).Id);
        }

        Assert.Equal(2, (await Api.ListAsync($"workflow={Lab.Queue}&text=BLUE-{own}")).Items.Count);
        await Api.CancelAsync(upper);
        Assert.Equal("Cancelled", (await Api.WaitAsync(upper)).Status);
        Assert.Null((await Api.GetAsync(lower.Id)).Stop);
    }

    [Theory]
    [MemberData(nameof(RefusedStarts))]
    public async Task A_start_refuses_what_no_route_could_reach(string member, string mentioned) =>
        (await Api.PostAsync(Path, $"{{\"input\": {{\"group\": \"{Group}\", \"steps\": []}}, {member}}}")).ExpectProblem(HttpStatusCode.BadRequest, mentioned);

    [Theory]
    [InlineData("a/b")]
    [InlineData(@"a\b")]
    [InlineData("a%2Fb")]
    [InlineData("..")]
    [InlineData("a\nb")]
    [InlineData("", 101)]
    public async Task A_run_cannot_end_on_an_event_that_cannot_be_published(string name, int length = 0) =>
        (await Api.PostAsync(Path, new { input = new LabInput(Group) { EndWhen = $"weekend or event '{name.PadRight(length, 'e')}'" } }))
            .ExpectProblem(HttpStatusCode.BadRequest, "event");

    [Theory]
    [MemberData(nameof(RefusedReads))]
    public async Task A_read_refuses_what_no_run_can_have(string path, string mentioned) =>
        (await Api.ReadAsync(path)).ExpectProblem(HttpStatusCode.BadRequest, mentioned);

    [Theory]
    [MemberData(nameof(RefusedRequests))]
    public async Task A_request_refuses_what_no_run_can_have(string path, string body, string mentioned) =>
        (await Api.PostAsync(path, body)).ExpectProblem(HttpStatusCode.BadRequest, mentioned);

    [Fact]
    public async Task An_id_that_an_orchestration_of_the_apps_own_has_is_refused()
    {
        string id = Own("own-UNIQUE");
        using StringContent body = new("{\"RunId\": \"none\"}", Encoding.UTF8, "application/json");
        (await Api.SendAsync(HttpMethod.Post, $"/runtime/webhooks/durabletask/orchestrators/PreemptClaim/{id}", body)).Expect(HttpStatusCode.Accepted);
        object start = new { input = new LabInput(Group), runId = id };

        (await Api.PostAsync(Path, start)).ExpectProblem(HttpStatusCode.BadRequest, "is no run");
        (await Api.PostAsync(Path, start, Group)).ExpectProblem(HttpStatusCode.BadRequest, "is no run");

        (await Api.PostAsync(Path, new { input = new LabInput(Group) }, Group)).Expect(HttpStatusCode.Accepted);
    }

    private static TheoryDataRow<string, string, string, string, string> Row(
        string label, string runId, string key, string name, string value, string eventName) => new(runId, key, name, value, eventName) { Label = label };

    private static string Own(string text) => text.Replace("UNIQUE", $"{Guid.NewGuid():N}", StringComparison.Ordinal);

    private async Task<Run> StartAsync(string runId, string key, string value)
    {
        object start = new { input = new LabInput(Group, new LabStep(Lab.VeryLong)), runId, key, metadata = new { team = value } };
        return (await Api.PostAsync(Path, start)).Read<Run>(HttpStatusCode.Accepted);
    }
}
