using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>What becomes of values on their way.</summary>
public sealed class DataTests(EnginesUnderTest engines)
{
    [Theory]
    [EveryEngine("PassSample", "?")]
    [EveryEngine("PassShape", "?")]
    [EveryEngine("PassPair", "\"(0, )\"")]
    [EveryEngine("PassNothing", "\"nothing\"")]
    [EveryEngine("ReadMissingNumber", "1")]
    public async Task Values_come_out_as_they_went_in(Engine engine, string orchestrator, string output)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal($"Completed: {output}", (await api.RunAsync(orchestrator)).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Custom_status_is_written_as_the_worker_writes(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal(
            """{"Colour":1,"At":"00:01:00","Nothing":null}""", (await api.RunAsync("SetObjectStatus")).CustomStatus?.ToJsonString());
    }

    [Theory]
    [EveryEngine]
    public async Task Orchestrator_is_told_its_name_its_id_and_its_parent(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Instance ended = await api.RunAsync("Describe", false);

        Assert.Equal(("Describe", ended.InstanceId, null), ((string?)ended.Output!["Name"], (string?)ended.Output["Id"], (string?)ended.Output["ParentId"]));
        Assert.Equal((ended.InstanceId, "Describe"), ((string?)ended.Output["Child"]!["ParentId"], (string?)ended.Output["Child"]!["ParentName"]));
    }

    [Theory]
    [EveryEngine]
    public async Task History_shows_results(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = (await api.RunAsync("CatchActivity", "Fail")).InstanceId;

        Assert.Equal("?", (await api.FindAsync(id, showHistory: true))!.HistoryEvents!.ToJsonString());
    }
}
