using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>How orchestrations begin and end.</summary>
public sealed class LifecycleTests(EnginesUnderTest engines)
{
    [Theory]
    [EveryEngine("activity", "return", "Completed")]
    [EveryEngine("activity", "throw", "Failed")]
    [EveryEngine("activity", "continue as new", "Completed")]
    [EveryEngine("sub-orchestration", "return", "Completed")]
    [EveryEngine("sub-orchestration", "throw", "Failed")]
    [EveryEngine("sub-orchestration", "continue as new", "Completed")]
    public async Task Instance_does_not_end_while_something_is_open(Engine engine, string what, string how, string status)
    {
        EngineApi api = await engines.GetAsync(engine);
        string key = EngineApi.NewId();
        string id = await api.StartAsync("Leave", new { What = what, How = how, Key = key });

        Instance left = await api.WaitForCustomStatusAsync(id, "left");
        Assert.Equal("Running", left.RuntimeStatus);

        if (what == "activity")
        {
            await api.ReleaseAsync(key);
        }
        else
        {
            await api.WaitForCustomStatusAsync(key, "waiting");
            await api.RaiseAsync(key, "go", "");
        }

        Assert.Equal(status, (await api.WaitForEndAsync(id)).RuntimeStatus);
    }

    [Theory]
    [EveryEngine("return", "Completed")]
    [EveryEngine("throw", "Failed")]
    [EveryEngine("continue as new", "Completed")]
    public async Task Instance_does_not_end_before_its_timer(Engine engine, string how, string status)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("Leave", new { What = "timer", How = how, Key = "" });

        Assert.Equal("Running", (await api.WaitForCustomStatusAsync(id, "left")).RuntimeStatus);
        Assert.Equal(status, (await api.WaitForEndAsync(id)).RuntimeStatus);
    }

    [Theory]
    [EveryEngine("return", "Completed")]
    [EveryEngine("continue as new", "Completed")]
    public async Task Cancelled_timer_holds_nothing_up(Engine engine, string how, string status)
    {
        EngineApi api = await engines.GetAsync(engine);

        Instance ended = await api.RunAsync("Leave", new { What = "cancelled timer", How = how, Key = "" });

        Assert.Equal(status, ended.RuntimeStatus);
    }

    [Theory]
    [EveryEngine]
    public async Task Instance_that_its_activity_terminates_ends_at_once_and_keeps_the_output(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("TerminateItself");
        await api.WaitForHoldAsync(id);

        Instance ended = await api.WaitForEndAsync(id);

        Assert.Equal("""Terminated: {"By":"activity"}""", ended.Outcome);
        Assert.Equal("working", ended.CustomStatusText);
        await api.ReleaseAsync(id);
    }

    [Theory]
    [EveryEngine]
    public async Task Code_up_to_the_first_await_runs_before_any_event_is_delivered(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal("Completed: \"False: early\"", (await api.RunAsync("StartAndSend")).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Custom_status_survives_the_first_turn_of_a_new_execution_and_no_more(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("KeepStatus");

        await api.WaitForHoldAsync($"{id}-1");
        await api.WaitAsync(id, instance => instance.Input is not null && instance.CustomStatus?.ToJsonString() == """{"Set":"before"}""");
        await api.ReleaseAsync($"{id}-1");
        await api.WaitForHoldAsync($"{id}-2");
        await api.WaitAsync(id, instance => instance.CustomStatus is null);
        await api.ReleaseAsync($"{id}-2");
        Assert.Null((await api.WaitForEndAsync(id)).CustomStatus);
    }

    [Theory]
    [EveryEngine(8000, "Completed")]
    [EveryEngine(8400, "Failed")]
    public async Task Custom_status_may_take_16_KB_of_UTF_16(Engine engine, int length, string status)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal(status, (await api.RunAsync("SetStatus", $"{length}")).RuntimeStatus);
    }
}
