using System.Net;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Embedded.Tests.Hosting;

public sealed class ManagementInstanceTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartAsync(typeof(Managed));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_start_answers_with_the_addresses_of_the_instance()
    {
        HttpResponseMessage started = await _app.ManageAsync(
            "POST", $"orchestrators/{nameof(Managed.WaitForEvent)}/my-id?code=a%20key", """{"Name":"ada"}""");

        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        JsonElement links = await ReadAsync(started);
        string instance = $"{_app.Http.BaseAddress}runtime/webhooks/durabletask/instances/my-id";
        Assert.Equal("my-id", links.GetProperty("id").GetString());
        Assert.Equal($"{instance}?code=a%20key", links.GetProperty("statusQueryGetUri").GetString());
        Assert.Equal($"{instance}?code=a%20key", links.GetProperty("purgeHistoryDeleteUri").GetString());
        Assert.Equal($"{instance}/raiseEvent/{{eventName}}?code=a%20key", links.GetProperty("sendEventPostUri").GetString());
        Assert.Equal($"{instance}/terminate?reason={{text}}&code=a%20key", links.GetProperty("terminatePostUri").GetString());
        Assert.Equal($"{instance}/suspend?reason={{text}}&code=a%20key", links.GetProperty("suspendPostUri").GetString());
        Assert.Equal($"{instance}/resume?reason={{text}}&code=a%20key", links.GetProperty("resumePostUri").GetString());
        Assert.Equal($"{instance}/restart?code=a%20key", links.GetProperty("restartPostUri").GetString());
        Assert.Equal(links.GetProperty("statusQueryGetUri").GetString(), started.Headers.Location?.OriginalString);
        Assert.Equal(10, started.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    [Theory]
    [InlineData("orchestrators/Nobody", "{}", HttpStatusCode.BadRequest)]
    [InlineData("orchestrators/WaitForEvent", "{", HttpStatusCode.BadRequest)]
    [InlineData("orchestrators/WaitForEvent/%40bad", "", HttpStatusCode.BadRequest)]
    [InlineData("orchestrators/waitforevent/fine", "", HttpStatusCode.Accepted)]
    public async Task A_start_is_refused_for_what_cannot_run(string path, string body, HttpStatusCode expected) =>
        Assert.Equal(expected, (await _app.ManageAsync("POST", path, body)).StatusCode);

    [Fact]
    public async Task An_id_that_runs_cannot_start_again()
    {
        string id = await StartAsync(nameof(Managed.WaitForEvent));

        HttpResponseMessage again = await _app.ManageAsync("POST", $"orchestrators/{nameof(Managed.WaitForEvent)}/{id}");

        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task A_running_instance_is_202_and_an_ended_one_200()
    {
        string id = await StartAsync(nameof(Managed.WaitForEvent), """{"Name":"ada"}""");
        await UntilAsync(id, "Running");

        HttpResponseMessage running = await _app.ManageAsync("GET", $"instances/{id}");
        Assert.Equal(HttpStatusCode.Accepted, running.StatusCode);
        Assert.EndsWith($"/instances/{id}", running.Headers.Location?.OriginalString, StringComparison.Ordinal);
        JsonElement status = await ReadAsync(running);
        Assert.Equal(nameof(Managed.WaitForEvent), status.GetProperty("name").GetString());
        Assert.Equal(id, status.GetProperty("instanceId").GetString());
        Assert.Equal("""{"Name":"ada"}""", status.GetProperty("input").GetRawText());
        Assert.Equal("\"waiting\"", status.GetProperty("customStatus").GetRawText());
        Assert.Equal(JsonValueKind.Null, status.GetProperty("output").ValueKind);
        Assert.EndsWith("Z", status.GetProperty("createdTime").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("Z", status.GetProperty("lastUpdatedTime").GetString(), StringComparison.Ordinal);
        Assert.False(status.TryGetProperty("historyEvents", out _));

        Assert.Equal(HttpStatusCode.Accepted, (await _app.ManageAsync("POST", $"instances/{id}/raiseEvent/Go", "\"now\"")).StatusCode);
        await UntilAsync(id, "Completed");

        HttpResponseMessage ended = await _app.ManageAsync("GET", $"instances/{id}?showInput=false");
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Null(ended.Headers.Location);
        Assert.Equal("\"got now\"", (await ReadAsync(ended)).GetProperty("output").GetRawText());
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(ended)).GetProperty("input").ValueKind);
    }

    [Fact]
    public async Task A_failed_instance_is_500_for_those_who_ask_for_it()
    {
        string id = await StartAsync(nameof(Managed.Fail));
        await UntilAsync(id, "Failed");

        HttpResponseMessage plain = await _app.ManageAsync("GET", $"instances/{id}");

        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
        Assert.Contains("out of tea", (await ReadAsync(plain)).GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.InternalServerError,
            (await _app.ManageAsync("GET", $"instances/{id}?returnInternalServerErrorOnFailure=true")).StatusCode);
    }

    [Fact]
    public async Task The_history_shows_what_was_scheduled_with_its_result()
    {
        string id = await StartAsync(nameof(Managed.CallBoth));
        await UntilAsync(id, "Completed");

        JsonElement[] events = await HistoryAsync($"instances/{id}?showHistory=true&showHistoryOutput=true");
        Assert.Equal(
            ["ExecutionStarted", "TaskCompleted", "TaskFailed", "ExecutionCompleted"],
            events.Select(entry => entry.GetProperty("EventType").GetString()));
        Assert.Equal("Hello", events[1].GetProperty("FunctionName").GetString());
        Assert.Equal("hello tea", events[1].GetProperty("Result").GetString());
        Assert.True(events[1].GetProperty("ScheduledTime").GetDateTime() <= events[1].GetProperty("Timestamp").GetDateTime());
        Assert.Contains("no tea", events[2].GetProperty("Reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("done", events[3].GetProperty("Result").GetString());

        JsonElement[] withoutOutput = await HistoryAsync($"instances/{id}?showHistory=true");
        Assert.False(withoutOutput[1].TryGetProperty("Result", out _));
    }

    [Fact]
    public async Task An_instance_is_suspended_resumed_and_terminated()
    {
        string id = await StartAsync(nameof(Managed.WaitForEvent));
        await UntilAsync(id, "Running");

        Assert.Equal(HttpStatusCode.Accepted, (await _app.ManageAsync("POST", $"instances/{id}/suspend?reason=lunch")).StatusCode);
        await UntilAsync(id, "Suspended");
        Assert.Equal(HttpStatusCode.Accepted, (await _app.ManageAsync("GET", $"instances/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await _app.ManageAsync("POST", $"instances/{id}/resume")).StatusCode);
        await UntilAsync(id, "Running");
        Assert.Equal(HttpStatusCode.Accepted, (await _app.ManageAsync("POST", $"instances/{id}/terminate?reason=buggy")).StatusCode);
        await UntilAsync(id, "Terminated");

        Assert.Equal("buggy", (await ReadAsync(await _app.ManageAsync("GET", $"instances/{id}"))).GetProperty("output").GetString());
        JsonElement[] events = await HistoryAsync($"instances/{id}?showHistory=true");
        Assert.Equal(
            ["ExecutionStarted", "ExecutionSuspended", "ExecutionResumed", "ExecutionTerminated"],
            events.Select(entry => entry.GetProperty("EventType").GetString()));
    }

    [Theory]
    [InlineData("raiseEvent/Go")]
    [InlineData("terminate")]
    [InlineData("suspend")]
    [InlineData("resume")]
    [InlineData("rewind")]
    public async Task What_has_ended_is_gone_and_what_never_was_is_not_found(string action)
    {
        string id = await StartAsync(nameof(Managed.Finish));
        await UntilAsync(id, "Completed");

        Assert.Equal(HttpStatusCode.Gone, (await _app.ManageAsync("POST", $"instances/{id}/{action}", "1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _app.ManageAsync("POST", $"instances/unknown/{action}", "1")).StatusCode);
    }

    [Fact]
    public async Task An_event_must_be_json()
    {
        string path = $"instances/{await StartAsync(nameof(Managed.WaitForEvent))}/raiseEvent/Go";

        Assert.Equal(HttpStatusCode.BadRequest, (await _app.ManageAsync("POST", path, "{")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _app.ManageAsync("POST", path, "1", "text/plain")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _app.ManageAsync("POST", path)).StatusCode);
    }

    [Fact]
    public async Task A_failed_instance_cannot_be_rewound_here()
    {
        string id = await StartAsync(nameof(Managed.Fail));
        await UntilAsync(id, "Failed");

        Assert.Equal(HttpStatusCode.NotImplemented, (await _app.ManageAsync("POST", $"instances/{id}/rewind?reason=fixed")).StatusCode);
    }

    [Fact]
    public async Task Only_ended_instances_are_purged()
    {
        string ended = await StartAsync(nameof(Managed.Finish));
        await UntilAsync(ended, "Completed");
        string running = await StartAsync(nameof(Managed.WaitForEvent));

        HttpResponseMessage purged = await _app.ManageAsync("DELETE", $"instances/{ended}");

        Assert.Equal("""{"instancesDeleted":1}""", await purged.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await _app.ManageAsync("DELETE", $"instances/{ended}")).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _app.ManageAsync("DELETE", $"instances/{running}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _app.ManageAsync("GET", $"instances/{ended}")).StatusCode);
    }

    [Fact]
    public async Task Many_are_purged_by_a_filter_that_says_from_when()
    {
        await UntilAsync(await StartAsync(nameof(Managed.Finish)), "Completed");
        await UntilAsync(await StartAsync(nameof(Managed.Fail)), "Failed");
        await StartAsync(nameof(Managed.WaitForEvent));

        Assert.Equal(HttpStatusCode.BadRequest, (await _app.ManageAsync("DELETE", "instances?runtimeStatus=Failed")).StatusCode);
        Assert.Equal("""{"instancesDeleted":1}""", await PurgeAsync("createdTimeFrom=2000-01-01&runtimeStatus=Failed"));
        Assert.Equal("""{"instancesDeleted":1}""", await PurgeAsync("createdTimeFrom=2000-01-01"));
        Assert.Equal(HttpStatusCode.NotFound, (await _app.ManageAsync("DELETE", "instances?createdTimeFrom=2000-01-01")).StatusCode);
        Assert.Single(await IdsAsync(await _app.ManageAsync("GET", "instances")));
    }

    [Fact]
    public async Task An_ended_instance_starts_again_with_its_input()
    {
        string id = await StartAsync(nameof(Managed.Finish), """{"Name":"ada"}""");
        await UntilAsync(id, "Completed");

        string other = await RestartAsync($"instances/{id}/restart");
        string same = await RestartAsync($"instances/{id}/restart?restartWithNewInstanceId=false");

        Assert.NotEqual(id, other);
        Assert.Equal(id, same);
        await UntilAsync(other, "Completed");
        JsonElement again = await ReadAsync(await _app.ManageAsync("GET", $"instances/{other}"));
        Assert.Equal("""{"Name":"ada"}""", again.GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task A_restart_of_what_runs_or_never_was_is_refused()
    {
        string id = await StartAsync(nameof(Managed.WaitForEvent));

        HttpResponseMessage running = await _app.ManageAsync("POST", $"instances/{id}/restart?restartWithNewInstanceId=false");

        Assert.Equal(HttpStatusCode.Conflict, running.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _app.ManageAsync("POST", "instances/unknown/restart")).StatusCode);
    }

    [Fact]
    public async Task A_list_is_filtered_and_paged()
    {
        foreach (string id in (string[])["a-1", "a-2", "a-3", "b-1"])
            await StartAsync(nameof(Managed.Finish), """{"Name":"ada"}""", id);
        foreach (string id in (string[])["a-1", "a-2", "a-3", "b-1"])
            await UntilAsync(id, "Completed");
        await StartAsync(nameof(Managed.WaitForEvent), id: "a-4");
        await UntilAsync("a-4", "Running");

        HttpResponseMessage first = await _app.ManageAsync(
            "GET", "instances?instanceIdPrefix=a-&runtimeStatus=completed,Failed&top=2&showInput=false");
        string token = Assert.Single(first.Headers.GetValues("x-ms-continuation-token"));
        HttpResponseMessage second = await _app.ManageAsync(
            "GET", "instances?instanceIdPrefix=a-&runtimeStatus=Completed&top=2", continuation: token);

        Assert.Equal(["a-1", "a-2"], await IdsAsync(first));
        Assert.Equal(["a-3"], await IdsAsync(second));
        Assert.False(second.Headers.Contains("x-ms-continuation-token"));
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(first))[0].GetProperty("input").ValueKind);
        Assert.Equal("""{"Name":"ada"}""", (await ReadAsync(second))[0].GetProperty("input").GetRawText());
        Assert.Equal(5, (await IdsAsync(await _app.ManageAsync("GET", "instances"))).Length);
        Assert.Empty(await IdsAsync(await _app.ManageAsync("GET", "instances?createdTimeTo=2000-01-01T00:00:00Z")));
        Assert.Equal(5, (await IdsAsync(await _app.ManageAsync("GET", "instances?createdTimeFrom=2000-01-01T00:00:00Z"))).Length);
    }

    [Theory]
    [InlineData("runtimeStatus=Asleep")]
    [InlineData("runtimeStatus=1")]
    [InlineData("top=0")]
    [InlineData("top=many")]
    [InlineData("createdTimeFrom=yesterday")]
    [InlineData("showInput=maybe")]
    public async Task A_filter_that_cannot_be_read_is_refused(string query)
    {
        HttpResponseMessage refused = await _app.ManageAsync("GET", $"instances?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.StartsWith(query.Split('=')[0], (await ReadAsync(refused)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_continuation_token_that_was_made_up_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _app.ManageAsync("GET", "instances", continuation: "?")).StatusCode);

    private async Task<string> StartAsync(string orchestrator, string body = "", string id = "")
    {
        HttpResponseMessage started = await _app.ManageAsync("POST", $"orchestrators/{orchestrator}/{id}", body);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        return (await ReadAsync(started)).GetProperty("id").GetString()!;
    }

    private async Task<string> RestartAsync(string path)
    {
        HttpResponseMessage restarted = await _app.ManageAsync("POST", path);
        Assert.Equal(HttpStatusCode.Accepted, restarted.StatusCode);
        return (await ReadAsync(restarted)).GetProperty("id").GetString()!;
    }

    private async Task<string> PurgeAsync(string filter)
    {
        HttpResponseMessage purged = await _app.ManageAsync("DELETE", $"instances?{filter}");
        return await purged.Content.ReadAsStringAsync();
    }

    private async Task UntilAsync(string id, string status)
    {
        using CancellationTokenSource patience = new(TestApp.Patience);
        while ((await ReadAsync(await _app.ManageAsync("GET", $"instances/{id}"))).GetProperty("runtimeStatus").GetString() != status)
            await Task.Delay(10, patience.Token);
    }

    private async Task<JsonElement[]> HistoryAsync(string path) =>
        [.. (await ReadAsync(await _app.ManageAsync("GET", path))).GetProperty("historyEvents").EnumerateArray()];

    private static async Task<string?[]> IdsAsync(HttpResponseMessage list) =>
        [.. (await ReadAsync(list)).EnumerateArray().Select(instance => instance.GetProperty("instanceId").GetString())];

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync());

    public class Managed
    {
        [Function(nameof(WaitForEvent))]
        public async Task<string> WaitForEvent([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            context.SetCustomStatus("waiting");
            return $"got {await context.WaitForExternalEvent<string>("Go")}";
        }

        [Function(nameof(Finish))]
        public void Finish([OrchestrationTrigger] TaskOrchestrationContext context)
        {
        }

        [Function(nameof(Fail))]
        public void Fail([OrchestrationTrigger] TaskOrchestrationContext context) => throw new InvalidOperationException("out of tea");

        [Function(nameof(CallBoth))]
        public async Task<string> CallBoth([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            await context.CallActivityAsync<string>(nameof(Hello), "tea");
            await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync(nameof(Broken)));
            return "done";
        }

        [Function(nameof(Hello))]
        public string Hello([ActivityTrigger] string name) => $"hello {name}";

        [Function(nameof(Broken))]
        public void Broken([ActivityTrigger] string? input) => throw new InvalidOperationException("no tea");
    }
}
