using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>What becomes of values on their way.</summary>
public sealed class DataTests(EnginesUnderTest engines)
{
    [Theory]
    [EveryEngine(
        "PassSample",
        """
        {"Colour":1,"Duration":"00:01:30","At":"2030-01-31T12:00:00\u002B02:00","Id":"11111111-2222-3333-4444-555555555555",
        "Shape":{"kind":"circle","Radius":1.5,"Name":"\u00E4\u0022\u003C\u2028"},"Nothing":null,"Numbers":[1,2],"Pair":{}}
        """)]
    [EveryEngine("PassShape", "\"not readable\"")]
    [EveryEngine("PassPair", "\"(0, )\"")]
    [EveryEngine("PassNothing", "\"nothing\"")]
    [EveryEngine("ReadMissingNumber", "1")]
    public async Task Values_come_out_as_they_went_in(Engine engine, string orchestrator, string output)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal($"Completed: {output.ReplaceLineEndings("")}", (await api.RunAsync(orchestrator)).Outcome);
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
    public async Task History_shows_what_happened_in_order(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = (await api.RunAsync("CatchActivity", "Fail")).InstanceId;

        IEnumerable<string> history = (await api.FindAsync(id, showHistory: true))!.HistoryEvents!
            .Select(happened => $"{happened!["EventType"]} {happened["FunctionName"]} {happened["Result"]}".TrimEnd());
        Assert.Equal(
            [
                "ExecutionStarted CatchActivity",
                "TaskFailed Fail",
                "ExecutionCompleted  Fail: System.InvalidOperationException: no < System.FormatException: inside no",
            ],
            history);
    }
}
