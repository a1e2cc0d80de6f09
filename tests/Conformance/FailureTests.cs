using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>How failures look to those who see them.</summary>
public sealed class FailureTests(EnginesUnderTest engines)
{
    [Theory]
    [EveryEngine("CatchActivity", "Fail", "?")]
    [EveryEngine("CatchActivity", "FailAsOwn", "?")]
    [EveryEngine("CatchActivity", "NobodyHasThisName", "?")]
    [EveryEngine("CatchChild", "Throw", "?")]
    [EveryEngine("CatchChild", "FailWithInner", "?")]
    [EveryEngine("CatchChild", "FailByActivity", "?")]
    [EveryEngine("CatchChild", "NobodyHasThisName", "?")]
    public async Task Caller_catches_what_was_thrown(Engine engine, string catcher, string called, string caught)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal(caught, (await api.RunAsync(catcher, called)).Output?.ToJsonString());
    }

    [Theory]
    [EveryEngine("Throw", "?")]
    [EveryEngine("FailWithInner", "?")]
    [EveryEngine("FailByActivity", "?")]
    [EveryEngine("FailByChild", "?")]
    [EveryEngine("NobodyHasThisName", "?")]
    public async Task Failed_instance_says_why(Engine engine, string orchestrator, string failure)
    {
        EngineApi api = await engines.GetAsync(engine);

        string id = EngineApi.NewId();
        await api.CallClientAsync("start", new { Id = id, Name = orchestrator, Input = "no" });
        Instance failed = await api.WaitForEndAsync(id);

        string seen = (await api.GetAsync(failed.InstanceId))!.ToJsonString();
        Assert.Equal(failure, $"{failed.Outcome} {seen}");
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

    [Theory]
    [EveryEngine]
    public async Task Sub_orchestration_under_an_id_that_runs(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string running = await api.StartAsync("WaitForGo");
        await api.WaitForCustomStatusAsync(running, "waiting");
        string id = await api.StartAsync("ReuseRunningChild", running);
        await api.WaitForCustomStatusAsync(id, "called");

        await api.RaiseAsync(running, "go", "first");

        Assert.Equal("?", $"{(await api.WaitForEndAsync(id)).Outcome} {(await api.WaitForEndAsync(running)).Outcome}");
    }
}
