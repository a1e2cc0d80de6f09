using System.Net;
using System.Text.Json.Nodes;
using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>Ids, and what is found by them.</summary>
public sealed class IdentityTests(EnginesUnderTest engines)
{
    [Theory]
    [EveryEngine]
    public async Task Start_of_an_id_that_runs_is_refused(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("WaitForGo");
        await api.WaitForCustomStatusAsync(id, "waiting");

        ClientAnswer second = await api.CallClientAsync("start", new { Id = id, Name = "Return" });

        Assert.True(second.IsInvalidOperation, $"{second}");
        await api.RaiseAsync(id, "go", "first");
        Assert.Equal("first", (await api.WaitForEndAsync(id)).OutputText);
    }

    [Theory]
    [EveryEngine]
    public async Task Start_of_an_id_that_has_ended_replaces_it(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = (await api.RunAsync("SetStatus", "3")).InstanceId;

        Assert.Null((await api.CallClientAsync("start", new { Id = id, Name = "Return", Input = "new" })).Error);

        Instance replaced = await api.WaitAsync(id, instance => instance.Name == "Return" && instance.HasEnded);
        Assert.Equal("Completed: \"new\"", replaced.Outcome);
        Assert.Null(replaced.CustomStatus);
    }

    [Theory]
    [EveryEngine]
    public async Task Start_of_an_id_that_has_ended_with_a_deduplicated_status_is_refused(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = (await api.RunAsync("Return", "old")).InstanceId;

        ClientAnswer refused = await api.CallClientAsync("start", new { Id = id, Name = "Return", Input = "new", Dedupe = "Completed" });
        Assert.True(refused.IsInvalidOperation, $"{refused}");
        Assert.Equal("Completed: \"old\"", (await api.FindAsync(id))?.Outcome);

        ClientAnswer allowed = await api.CallClientAsync("start", new { Id = id, Name = "Return", Input = "new", Dedupe = "Failed,Terminated" });
        Assert.Null(allowed.Error);
        await api.WaitAsync(id, instance => instance.Outcome == "Completed: \"new\"");
    }

    [Theory]
    [EveryEngine]
    public async Task Ids_may_have_colons_and_are_found_by_their_prefix(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string prefix = $"{EngineApi.NewId()}:key~with.some-marks_:";
        string[] ids = [$"{prefix}1", $"{prefix}2", $"{prefix}a:b"];
        foreach (string id in ids)
        {
            await api.StartAsync("Return", "x", id);
            await api.WaitForEndAsync(id);
        }

        ClientAnswer listed = await api.CallClientAsync("list", new { Id = prefix });

        Assert.Equal(ids, listed.Value!.AsArray().Select(instance => (string?)instance!["id"]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [EveryEngine]
    public async Task Tags_are_read_with_an_instance_and_not_with_a_list(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = EngineApi.NewId();
        await api.CallClientAsync("start", new { Id = id, Name = "Return", Tags = new { colour = "green" } });
        await api.WaitForEndAsync(id);

        JsonNode? listed = (await api.CallClientAsync("list", new { Id = id })).Value;

        Assert.Equal("""{"colour":"green"}""", (await api.GetAsync(id))!["tags"]!.ToJsonString());
        Assert.Equal("{}", Assert.Single(listed!.AsArray())!["tags"]!.ToJsonString());
    }

    [Theory]
    [EveryEngine]
    public async Task Unknown_instance_is_nothing(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Null(await api.GetAsync("nobody-has-this-id"));
        Assert.Null(await api.FindAsync("nobody-has-this-id"));
    }

    [Theory]
    [EveryEngine]
    public async Task Id_that_begins_like_an_entity_is_refused(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.NotNull((await api.CallClientAsync("start", new { Id = "@journal@x", Name = "Return" })).Error);
    }

    [Theory]
    [EveryEngine]
    public async Task Ended_instance_is_purged_and_a_running_one_is_not(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string ended = (await api.RunAsync("Return", "x")).InstanceId;
        string running = await api.StartAsync("WaitForGo");
        await api.WaitForCustomStatusAsync(running, "waiting");

        Assert.Equal(HttpStatusCode.OK, await api.PurgeAsync(ended));
        Assert.Null(await api.FindAsync(ended));
        Assert.Equal(HttpStatusCode.NotFound, await api.PurgeAsync(ended));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await api.PurgeAsync(running));
        Assert.True((await api.CallClientAsync("purge", new { Id = running })).IsInvalidOperation);
        Assert.Equal(0, (int?)(await api.CallClientAsync("purge", new { Id = ended })).Value);
        Assert.Equal("Running", (await api.FindAsync(running))?.RuntimeStatus);
        await api.RaiseAsync(running, "go", "still there");
        Assert.Equal("still there", (await api.WaitForEndAsync(running)).OutputText);
    }

    [Theory]
    [EveryEngine(true)]
    [EveryEngine(false)]
    public async Task Restart_takes_the_input_and_a_new_id_or_the_old_one(Engine engine, bool withNewId)
    {
        EngineApi api = await engines.GetAsync(engine);
        Instance first = await api.RunAsync("Return", "again");

        (HttpStatusCode status, string body) = await api.AskAsync(first.InstanceId, "restart", $"restartWithNewInstanceId={withNewId}");

        Assert.Equal(HttpStatusCode.Accepted, status);
        string id = (string)JsonNode.Parse(body)!["id"]!;
        Assert.Equal(withNewId, id != first.InstanceId);
        Assert.Equal("Completed: \"again\"", (await api.WaitForEndAsync(id)).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Restart_of_what_runs_or_never_was_is_refused(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string running = await api.StartAsync("WaitForGo");
        await api.WaitForCustomStatusAsync(running, "waiting");

        Assert.Equal(HttpStatusCode.Conflict, (await api.AskAsync(running, "restart", "restartWithNewInstanceId=false")).Status);
        Assert.True((await api.CallClientAsync("restart", new { Id = running })).IsInvalidOperation);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.AskAsync("nobody-has-this-id", "restart")).Status);
        Assert.Equal("ArgumentException", (await api.CallClientAsync("restart", new { Id = "nobody-has-this-id" })).Error);
        Assert.Equal("Running", (await api.FindAsync(running))?.RuntimeStatus);
    }

    [Theory]
    [EveryEngine]
    public async Task Start_for_later_waits_as_pending(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = EngineApi.NewId();

        await api.CallClientAsync("start", new { Id = id, Name = "Return", Input = "x", DelaySeconds = 5 });

        Assert.Equal("Pending", (await api.WaitAsync(id, static _ => true)).RuntimeStatus);
        Assert.Equal("Completed: \"x\"", (await api.WaitForEndAsync(id)).Outcome);
    }
}
