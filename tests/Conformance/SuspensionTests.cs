using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>Suspended instances.</summary>
public sealed class SuspensionTests(EnginesUnderTest engines)
{
    [Theory]
    [EveryEngine]
    public async Task Suspended_instance_takes_events_when_it_is_resumed(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("Collect", new { Count = 2, CountEach = 2, PreservesEvents = true, Taken = Array.Empty<string>() });
        await api.WaitForCustomStatusAsync(id, "ready");

        await api.AskAsync(id, "suspend", "reason=rest");
        Instance suspended = await api.WaitAsync(id, instance => instance.RuntimeStatus == "Suspended");
        Assert.Equal("ready", suspended.CustomStatusText);
        await api.RaiseAsync(id, "begin", "");
        await api.RaiseAsync(id, "item", "1");
        await api.RaiseAsync(id, "item", "2");
        await api.AskAsync(id, "resume");

        Assert.Equal("""Completed: ["1","2"]""", (await api.WaitForEndAsync(id)).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Suspended_instance_can_be_terminated(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("WaitForGo");
        await api.WaitForCustomStatusAsync(id, "waiting");
        await api.AskAsync(id, "suspend");
        await api.WaitAsync(id, instance => instance.RuntimeStatus == "Suspended");

        await api.AskAsync(id, "terminate", "reason=enough");

        Assert.Equal("Terminated: \"enough\"", (await api.WaitForEndAsync(id)).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Answer_of_an_activity_waits_for_the_resumption(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string key = EngineApi.NewId();
        string id = await api.StartAsync("Leave", new { What = "activity", How = "return", Key = key });
        await api.WaitForCustomStatusAsync(id, "left");
        await api.AskAsync(id, "suspend");
        await api.WaitAsync(id, instance => instance.RuntimeStatus == "Suspended");

        await api.ReleaseAsync(key);
        await api.AskAsync(id, "resume");

        Assert.Equal("Completed", (await api.WaitForEndAsync(id)).RuntimeStatus);
    }
}
