using Preempt.Conformance.Engines;
using Preempt.EndToEnd;

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

        string id = await api.StartAsync("IsEventThereAtFirst");
        // The first comes before the code's first turn. Should it come before the start, too, it is dropped, and the next will do.
        Instance? ended = await Eventually.GetAsync(
            async () =>
            {
                await api.RaiseAsync(id, "go", "early");
                return await api.FindAsync(id);
            },
            instance => instance is { HasEnded: true },
            $"{id} has ended");

        Assert.Equal("Completed: \"False: early\"", ended!.Outcome);
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

    [Theory]
    [EveryEngine]
    public async Task Answer_to_a_terminated_instance_is_not_for_the_one_that_replaces_it(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        (string old, string other) = (EngineApi.NewId(), EngineApi.NewId());
        string id = await api.StartAsync("CallHold", old);
        await api.WaitForHoldAsync(old);
        await api.AskAsync(id, "terminate", "reason=enough");
        await api.WaitForEndAsync(id);

        await api.StartAsync("CallHold", other, id);
        await api.WaitForHoldAsync(other);
        await api.ReleaseAsync(old);
        await api.ReleaseAsync(other);

        Assert.Equal($"Completed: \"{other}\"", (await api.WaitForEndAsync(id)).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Parent_is_told_when_its_sub_orchestration_is_terminated(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("CallWaiting");
        await api.WaitForCustomStatusAsync($"{id}:child", "waiting");

        await api.AskAsync($"{id}:child", "terminate", "reason=enough");

        Assert.Equal("Completed: \"WaitForGo failed\"", (await api.WaitForEndAsync(id)).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Sub_orchestration_of_a_terminated_instance_goes_on(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("CallWaiting");
        await api.WaitForCustomStatusAsync($"{id}:child", "waiting");

        Assert.Null((await api.CallClientAsync("terminate", new { Id = id, Input = "enough" })).Error);

        Assert.Equal("Terminated: \"enough\"", (await api.WaitForEndAsync(id)).Outcome);
        await api.RaiseAsync($"{id}:child", "go", "");
        Assert.Equal("Completed", (await api.WaitForEndAsync($"{id}:child")).RuntimeStatus);
    }
}
