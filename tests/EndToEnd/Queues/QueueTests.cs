using System.Net;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Queues;

public sealed class QueueTests(QueueApp app) : IClassFixture<QueueApp>, IAsyncDisposable
{
    private readonly string _group = Guid.NewGuid().ToString("N");
    private PreemptApi? _api;

    private PreemptApi Api
    {
        get
        {
            Assert.SkipWhen(AppUnderTest.IsExternal, "The storage of an app at PREEMPT_BASE_URL is its own.");
            return _api ??= new PreemptApi(app.Http);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.StopAllAsync();
    }

    private async Task<Run> FindAsync() =>
        (await Eventually.GetAsync(() => Api.ListAsync($"metadata.group={_group}"), page => page.Items.Count > 0)).Items[0];

    private object Start(double seconds, string? idempotencyKey = null) => new
    {
        type = "start",
        workflow = Lab.Plain,
        input = new LabInput(_group, new LabStep(seconds)),
        metadata = new { group = _group },
        idempotencyKey,
    };

    [Fact]
    public async Task A_start_and_a_cancel_are_carried_out()
    {
        _ = Api;
        await app.SendAsync(Start(Lab.VeryLong));
        Run run = await Api.WaitForWorkAsync(await FindAsync());

        await app.SendAsync(new { type = "cancel", runId = run.Id, reason = "asked in a queue" });

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", "Requested", "asked in a queue"), (run.Status, run.Stop?.Reason, run.Stop?.Message));
    }

    [Fact]
    public async Task Messages_with_one_idempotency_key_start_one_run()
    {
        _ = Api;
        for (int i = 0; i < 5; i++)
            await app.SendAsync(Start(0, idempotencyKey: _group));
        await app.SendAsync(new { type = "start", workflow = Lab.Plain, input = new LabInput("last", new LabStep(0)), metadata = new { last = _group } });
        await Eventually.GetAsync(() => Api.ListAsync($"metadata.last={_group}"), page => page.Items.Count == 1);
        // A bad message goes the whole way through the queue: those before it are done.
        await app.SendAsync($"after {_group}");
        await app.FindPoisonAsync($"after {_group}");

        Assert.Single((await Api.ListAsync($"metadata.group={_group}")).Items);
    }

    [Fact]
    public async Task A_cancel_of_a_run_that_has_ended_is_done_already()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(_group, new LabStep(0))));

        await app.SendAsync(new { type = "cancel", runId = run.Id, reason = _group });
        await app.SendAsync($"after {_group}");

        string poison = await app.FindPoisonAsync(_group);
        Assert.DoesNotContain("cancel", poison, StringComparison.Ordinal);
        Assert.Null((await Api.GetAsync(run.Id)).Stop);
    }

    [Fact]
    public async Task An_event_to_nobody_is_no_mistake_and_one_to_an_unknown_run_is()
    {
        _ = Api;
        await app.SendAsync(new { type = "event", name = $"nobody-{_group}" });
        await app.SendAsync(new { type = "event", name = "approved", runId = $"unknown-{_group}", payload = true });

        string poison = await app.FindPoisonAsync(_group);

        Assert.Contains("There is no run with the id", poison, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody-", poison, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not JSON, MARK", "JSON")]
    [InlineData("[\"MARK\"]", "JSON")]
    [InlineData("{\"mark\": \"MARK\"}", "type: required")]
    [InlineData("{\"type\": 5, \"mark\": \"MARK\"}", "type: required")]
    [InlineData("{\"type\": \"MARK\"}", "is expected")]
    [InlineData("{\"type\": \"start\", \"input\": \"MARK\"}", "workflow")]
    [InlineData("{\"type\": \"start\", \"workflow\": \"no-MARK\"}", "There is no workflow named")]
    [InlineData("{\"type\": \"start\", \"workflow\": \"lab-plain\", \"input\": {\"group\": \"MARK\"}}", "steps")]
    [InlineData("{\"type\": \"start\", \"workflow\": \"lab-plain\", \"colour\": \"MARK\"}", "colour")]
    [InlineData("{\"type\": \"start\", \"workflow\": \"lab-plain\", \"input\": {\"group\": \"MARK\", \"steps\": []}, \"runId\": \"_mode:1\"}", "Preempt's own")]
    [InlineData("{\"type\": \"cancel\", \"runId\": \"no-MARK\"}", "There is no run")]
    [InlineData("{\"type\": \"cancel\", \"runId\": \"no-MARK\", \"grace\": \"soon\"}", "grace")]
    [InlineData("{\"type\": \"cancel\", \"runId\": \"MARK\\ud800\"}", "surrogate")]
    public async Task What_cannot_be_carried_out_is_kept_with_its_cause(string command, string cause)
    {
        _ = Api;
        command = command.Replace("MARK", _group, StringComparison.Ordinal);
        await app.SendAsync(command);

        PoisonMessage poison = Read(await app.FindPoisonAsync(_group));

        Assert.Contains(cause, poison.Cause, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(command, poison.Content);
        Assert.NotEmpty(poison.MessageId);
    }

    [Fact]
    public async Task What_is_not_text_is_kept_byte_by_byte()
    {
        _ = Api;
        byte[] command = [0xff, 0xfe, .. Guid.Parse(_group).ToByteArray()];
        await app.SendAsync(command);

        PoisonMessage poison = Read(await app.FindPoisonAsync(Convert.ToBase64String(command)));

        Assert.Contains("UTF-8", poison.Cause, StringComparison.Ordinal);
        Assert.Null(poison.Content);
    }

    [Fact]
    public async Task What_leaves_no_room_for_its_cause_is_kept_beside_it()
    {
        _ = Api;
        string command = $"{{\"type\": \"{_group}{new string('x', 48 * 1024 - 60)}\"}}";
        await app.SendAsync(command);

        Assert.Equal(command, await app.FindPoisonAsync($"{{\"type\": \"{_group}"));
        Assert.Null(Read(await app.FindPoisonAsync($"type \\\"{_group}")).Content);
    }

    [Fact]
    public async Task What_happens_to_a_run_is_published()
    {
        Run run = await Api.StartAsync(Lab.CancelInProgress, new LabInput(_group, new LabStep(Lab.VeryLong)));
        await Api.WaitForWorkAsync(run);
        await Api.CancelAsync(run, "enough");
        run = await Api.WaitAsync(run);

        JsonElement[] events = [.. (await app.FindEventsAsync(run.Id, 3)).Select(text => JsonElement.Parse(text))];

        Assert.Equal(["started", "stopped", "ended"], events.Select(happened => happened.GetProperty("type").GetString()).Distinct());
        JsonElement ended = events[^1];
        Assert.Equal((run.Id, "Cancelled", _group), (ended.GetProperty("runId").GetString(), ended.GetProperty("status").GetString(), ended.GetProperty("key").GetString()));
        Assert.Equal("enough", ended.GetProperty("stop").GetProperty("message").GetString());
        Assert.Equal(run.EndedAt, ended.GetProperty("endedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_change_of_a_limit_is_published()
    {
        object limit = new { rule = Lab.Queue, key = _group, pause = true, by = "ada", reason = "maintenance", until = DateTimeOffset.UtcNow.AddSeconds(2) };
        JsonElement set = (await Api.PutAsync("limits", limit)).Read<JsonElement>(HttpStatusCode.OK);

        JsonElement[] events = await Eventually.GetAsync(
            async () => (JsonElement[])[.. (await app.FindEventsAsync(_group, 2)).Select(text => JsonElement.Parse(text))],
            events => events.Any(IsReset) && !events.All(IsReset));

        Assert.All(events, happened => Assert.Equal("limit-changed", happened.GetProperty("type").GetString()));
        Assert.All(events, happened => Assert.False(happened.TryGetProperty("runId", out _)));
        JsonElement change = events.First(happened => !IsReset(happened)).GetProperty("change");
        Assert.Equal(Describe(set), Describe(change.GetProperty("limit")));
        Assert.Equal(("ada", "maintenance"), (change.GetProperty("by").GetString(), change.GetProperty("reason").GetString()));
        JsonElement end = events.First(IsReset).GetProperty("change");
        Assert.Equal("its time was over", end.GetProperty("reason").GetString());
        Assert.Equal(Describe(set), Describe(end.GetProperty("limit")));
        Assert.True(end.GetProperty("number").GetInt64() > change.GetProperty("number").GetInt64());
    }

    private static (string?, string?, long, bool, DateTimeOffset) Describe(JsonElement limit) => (
        limit.GetProperty("rule").GetString(),
        limit.GetProperty("key").GetString(),
        limit.GetProperty("number").GetInt64(),
        limit.GetProperty("pause").GetBoolean(),
        limit.GetProperty("at").GetDateTimeOffset());

    private static bool IsReset(JsonElement happened) => happened.GetProperty("change").GetProperty("isReset").GetBoolean();

    private static PoisonMessage Read(string message) => JsonSerializer.Deserialize<PoisonMessage>(message, ApiJson.Options)!;

    private sealed record PoisonMessage(string Cause, string MessageId, string? InsertedOn = null, string? Content = null, string? ContentBase64 = null);
}
