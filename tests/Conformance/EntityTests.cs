using System.Text.Json.Nodes;
using Preempt.Conformance.Engines;
using Preempt.EndToEnd;

namespace Preempt.Conformance;

/// <summary>Entities: order, failures, and what they send.</summary>
public sealed class EntityTests(EnginesUnderTest engines)
{
    [Theory]
    [EveryEngine]
    public async Task Operations_of_an_orchestration_run_in_its_order(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal(
            """Completed: ["signal 1","call 2","signal 3","call 4","2, 4"]""", (await api.RunAsync("AddInOrder")).Outcome);
    }

    [Theory]
    [EveryEngine("Fail", "kept; ; Fail; Preempt.Conformance.App.OwnException; no; ")]
    [EveryEngine("Missing", "kept; ; Missing; System.NotSupportedException; No suitable method found for entity operation 'journal/Missing'.; ")]
    public async Task Operation_that_throws_takes_back_its_state_and_its_signals(Engine engine, string operation, string output)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal(output, (await api.RunAsync("FailInEntity", operation)).OutputText);
    }

    [Theory]
    [EveryEngine]
    public async Task Scheduled_signal_comes_later(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Instance ended = await api.RunAsync("SignalLater");

        Assert.Equal("""Completed: ["now"]""", ended.Outcome);
        await WaitForStateAsync(api, ended.InstanceId, """["now","later"]""");
    }

    [Theory]
    [EveryEngine]
    public async Task Entity_signals_another(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string key = EngineApi.NewId();

        await api.SignalAsync("Journal", key, "Forward", $"@journal@{key}-other");

        await WaitForStateAsync(api, $"{key}-other", $"""["from {key}"]""");
    }

    [Theory]
    [EveryEngine]
    public async Task Signals_of_a_client_run_in_order(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string key = EngineApi.NewId();

        foreach (string line in (string[])["1", "2", "3"])
            Assert.Null((await api.CallClientAsync("signal", new { Id = $"@journal@{key}", Name = "Add", Input = line })).Error);

        await WaitForStateAsync(api, key, """["1","2","3"]""");
        Assert.Equal("""["1","2","3"]""", (string?)(await api.CallClientAsync("entity", new { Id = $"@journal@{key}" })).Value);
    }

    [Theory]
    [EveryEngine(true)]
    [EveryEngine(false)]
    public async Task Entity_starts_an_orchestration(Engine engine, bool choosesId)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = EngineApi.NewId();

        Instance caller = await api.RunAsync(
            "CallEntity", new { Id = $"@journal@{id}", Operation = choosesId ? "StartOrchestration" : "StartAnyOrchestration", Input = choosesId ? id : null });

        Assert.Equal("Completed", caller.RuntimeStatus);
        if (choosesId)
            Assert.Equal(id, caller.OutputText);
        Assert.Equal("Completed: \"from an entity\"", (await api.WaitForEndAsync(caller.OutputText!)).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Entity_without_a_state_is_not_there(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string key = EngineApi.NewId();
        Assert.Null(await api.FindEntityAsync("Journal", key));

        await api.SignalAsync("Journal", key, "Add", "1");
        await WaitForStateAsync(api, key, """["1"]""");
        await api.SignalAsync("Journal", key, "AddAndDelete", "2");

        await Eventually.GetAsync(() => api.FindEntityAsync("Journal", key), state => state is null);
    }

    private static Task<JsonNode?> WaitForStateAsync(EngineApi api, string key, string state) =>
        Eventually.GetAsync(() => api.FindEntityAsync("Journal", key), found => found?.ToJsonString() == state, $"{key} is {state}");
}
