using System.Net;
using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>Who gets which event.</summary>
public sealed class EventTests(EnginesUnderTest engines)
{
    private const string Unknown = "nobody-has-this-id";

    [Theory]
    [EveryEngine(4, true)]
    [EveryEngine(1, true)]
    [EveryEngine(4, false)]
    public async Task Events_before_anyone_waits_are_buffered_in_order_and_carried_over(Engine engine, int countEach, bool preserves)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("Collect", new { Count = 4, CountEach = countEach, PreservesEvents = preserves, Taken = Array.Empty<string>() });
        await api.WaitForCustomStatusAsync(id, "ready");

        foreach (string item in (string[])["1", "2", "3", "4"])
            await api.RaiseAsync(id, "item", item);
        await api.RaiseAsync(id, "begin", "");

        Assert.Equal("""Completed: ["1","2","3","4"]""", (await api.WaitForEndAsync(id)).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Events_that_are_not_preserved_are_lost_with_the_execution(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("Collect", new { Count = 2, CountEach = 1, PreservesEvents = false, Taken = Array.Empty<string>() });
        await api.WaitForCustomStatusAsync(id, "ready");
        foreach (string item in (string[])["1", "lost"])
            await api.RaiseAsync(id, "item", item);
        await api.RaiseAsync(id, "begin", "");
        await api.WaitAsync(id, instance => instance.Input?["Taken"]?.AsArray().Count == 1);

        await api.RaiseAsync(id, "item", "2");

        Assert.Equal("""Completed: ["1","2"]""", (await api.WaitForEndAsync(id)).Outcome);
    }

    [Theory]
    [EveryEngine("WaitTwice", "older: second, newer: first")]
    [EveryEngine("WaitAndCancel", "True: first")]
    [EveryEngine("WaitWithFiredToken", "True: first")]
    [EveryEngine("WaitWithTimeout", "TaskCanceledException, then first")]
    public async Task Event_goes_to_the_newest_waiter_that_still_waits(Engine engine, string orchestrator, string output)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync(orchestrator);
        await api.WaitForCustomStatusAsync(id, "ready");

        await api.RaiseAsync(id, "go", "first");
        await api.RaiseAsync(id, "go", "second");

        Assert.Equal(output, (await api.WaitForEndAsync(id)).OutputText);
    }

    [Theory]
    [EveryEngine]
    public async Task Event_names_do_not_distinguish_case(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("WaitForNumber");
        await api.WaitForCustomStatusAsync(id, "ready");

        await api.RaiseAsync(id, "gO", 7);

        Assert.Equal("Completed: 7", (await api.WaitForEndAsync(id)).Outcome);
    }

    [Theory]
    [EveryEngine("WaitForNumber", "Failed")]
    [EveryEngine("WaitForText", "Completed")]
    public async Task Event_without_a_payload_is_null_and_fails_a_waiter_for_a_number(Engine engine, string orchestrator, string status)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync(orchestrator);
        await api.WaitForCustomStatusAsync(id, "ready");

        await api.CallClientAsync("raise", new { Id = id, Name = "go" });

        Assert.Equal(status, (await api.WaitForEndAsync(id)).RuntimeStatus);
    }

    [Theory]
    [EveryEngine]
    public async Task Event_that_the_waiter_cannot_read_fails_the_instance(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("WaitForNumber");
        await api.WaitForCustomStatusAsync(id, "ready");

        await api.RaiseAsync(id, "go", "text");

        Assert.Equal("Failed", (await api.WaitForEndAsync(id)).RuntimeStatus);
    }

    [Theory]
    [EveryEngine]
    public async Task Two_waiters_of_different_types_for_one_name_are_refused(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);

        Assert.Equal("Completed: \"ArgumentException\"", (await api.RunAsync("WaitForTwoTypes")).Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Orchestrator_sends_an_event_to_another_and_to_itself(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("WaitForGo");
        await api.WaitForCustomStatusAsync(id, "waiting");

        await api.StartAsync("Send", new { Target = id, Name = "go", Payload = "sent" });

        Assert.Equal("sent", (await api.WaitForEndAsync(id)).OutputText);
        Assert.Equal("own", (await api.RunAsync("SendToItself")).OutputText);
    }

    [Theory]
    [EveryEngine]
    public async Task Event_from_an_orchestrator_to_nobody_is_dropped(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string ended = (await api.RunAsync("Return", "x")).InstanceId;

        foreach (string target in (string[])[Unknown, ended])
            Assert.Equal("Completed: \"sent\"", (await api.RunAsync("Send", new { Target = target, Name = "go", Payload = "" })).Outcome);
        Assert.Equal("Completed: \"x\"", (await api.FindAsync(ended))?.Outcome);
    }

    [Theory]
    [EveryEngine]
    public async Task Client_that_asks_something_of_nobody_is_told(Engine engine)
    {
        EngineApi api = await engines.GetAsync(engine);
        string ended = (await api.RunAsync("Return", "x")).InstanceId;

        foreach ((string id, HttpStatusCode status) in ((string, HttpStatusCode)[])[(Unknown, HttpStatusCode.NotFound), (ended, HttpStatusCode.Gone)])
        {
            Assert.Equal(status, await api.RaiseAsync(id, "go", ""));
            foreach (string action in (string[])["terminate", "suspend", "resume"])
                Assert.Equal(status, (await api.AskAsync(id, action)).Status);
        }
    }

    [Theory]
    [EveryEngine("raise")]
    [EveryEngine("terminate")]
    [EveryEngine("suspend")]
    [EveryEngine("resume")]
    public async Task Durable_client_that_asks_something_of_nobody_throws(Engine engine, string operation)
    {
        EngineApi api = await engines.GetAsync(engine);
        string ended = (await api.RunAsync("Return", "x")).InstanceId;

        foreach (string id in (string[])[Unknown, ended])
            Assert.NotNull((await api.CallClientAsync(operation, new { Id = id, Name = "go" })).Error);
    }
}
