using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>How failures look to those who see them.</summary>
public sealed class FailureTests(EnginesUnderTest engines)
{
    [Theory]
    [EveryEngine("CatchActivity", "Fail", "Fail: System.InvalidOperationException: no < System.FormatException: inside no")]
    [EveryEngine("CatchActivity", "FailAsOwn", "FailAsOwn: Preempt.Conformance.App.OwnException: no")]
    [EveryEngine("CatchChild", "Throw", "Throw: System.InvalidOperationException: no")]
    [EveryEngine("CatchChild", "FailWithInner", "FailWithInner: System.InvalidOperationException: outer < System.FormatException: inner")]
    [EveryEngine(
        "CatchChild",
        "FailByActivity",
        "FailByActivity: Microsoft.DurableTask.TaskFailedException: Task 'Fail' (#0) failed with an unhandled exception: no "
        + "< System.InvalidOperationException: no < System.FormatException: inside no")]
    public async Task Caller_catches_what_was_thrown(Engine engine, string catcher, string called, string caught)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal(caught, (await api.RunAsync(catcher, called)).OutputText);
    }

    [Theory]
    [EveryEngine("Throw", "System.InvalidOperationException: no")]
    [EveryEngine("FailWithInner", "System.InvalidOperationException: outer")]
    [EveryEngine("FailByActivity", "Microsoft.DurableTask.TaskFailedException: Task 'Fail' (#0) failed with an unhandled exception: no")]
    [EveryEngine("FailByChild", "Microsoft.DurableTask.TaskFailedException: Task 'Throw' (#0) failed with an unhandled exception: no")]
    public async Task Failed_instance_says_why(Engine engine, string orchestrator, string reason)
    {
        EngineApi api = await engines.GetAsync(engine);

        Instance failed = await api.RunAsync(orchestrator, "no");

        Assert.Equal(("Failed", reason), (failed.RuntimeStatus, failed.OutputText));
    }

    [Theory]
    [EveryEngine]
    public async Task Call_of_a_function_that_is_not_there_fails(Engine engine)
    {
        const string Missing = "NobodyHasThisName";
        EngineApi api = await engines.GetAsync(engine);
        string id = EngineApi.NewId();

        Assert.Null((await api.CallClientAsync("start", new { Id = id, Name = Missing })).Error);

        Assert.Equal("Failed", (await api.WaitForEndAsync(id)).RuntimeStatus);
        foreach (string catcher in (string[])["CatchActivity", "CatchChild"])
            Assert.StartsWith($"{Missing}: ", (await api.RunAsync(catcher, Missing)).OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [EveryEngine]
    public async Task Sub_orchestration_keeps_its_id_through_its_retries(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal("Completed: \"1 id, the same: True\"", (await api.RunAsync("RetryChild")).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Retry_handler_is_asked_after_each_failure(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal("Completed: \"3: no\"", (await api.RunAsync("RetryActivity")).Outcome);
    }
}
