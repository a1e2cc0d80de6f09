using System.Text.Json.Nodes;
using Preempt.Conformance.Engines;

namespace Preempt.Conformance;

/// <summary>Where the embedded engine is another on purpose. The README says why.</summary>
public sealed class KnownDifferenceTests(EnginesUnderTest engines)
{
    [Theory]
    [InlineData(Engine.Embedded, "Completed: \"System.InvalidOperationException\"", "Completed: \"first\"")]
    [InlineData(Engine.EmbeddedInMemory, "Completed: \"System.InvalidOperationException\"", "Completed: \"first\"")]
    [InlineData(Engine.Microsoft, "Completed: \"second\"", "Completed: \"second\"")]
    public async Task Sub_orchestration_under_an_id_that_runs(Engine engine, string caller, string called)
    {
        EngineApi api = await engines.GetAsync(engine);
        string running = await api.StartAsync("WaitForGo");
        await api.WaitForCustomStatusAsync(running, "waiting");

        Instance ended = await api.RunAsync("ReuseRunningChild", running);

        if (!(await api.FindAsync(running))!.HasEnded)
            await api.RaiseAsync(running, "go", "first");
        Assert.Equal((caller, called), (ended.Outcome, (await api.WaitForEndAsync(running)).Outcome));
    }

    [Theory]
    [InlineData(Engine.Embedded, "False: early")]
    [InlineData(Engine.EmbeddedInMemory, "False: early")]
    [InlineData(Engine.Microsoft, "False: late")]
    public async Task Event_for_an_instance_that_starts_later(Engine engine, string output)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = EngineApi.NewId();
        await api.CallClientAsync("start", new { Id = id, Name = "IsEventThereAtFirst", DelaySeconds = 3 });
        await api.RaiseAsync(id, "go", "early");

        Instance begun = await api.WaitAsync(id, instance => instance.RuntimeStatus != "Pending");

        if (!begun.HasEnded)
            await api.RaiseAsync(id, "go", "late");
        Assert.Equal(output, (await api.WaitForEndAsync(id)).OutputText);
    }

    [Theory]
    [InlineData(Engine.Embedded, "System.InvalidOperationException: outer < System.FormatException: inner", null, null)]
    [InlineData(Engine.EmbeddedInMemory, "System.InvalidOperationException: outer < System.FormatException: inner", null, null)]
    [InlineData(Engine.Microsoft, null, "System.InvalidOperationException: outer", "null")]
    public async Task Failed_instance_as_the_durable_client_sees_it(Engine engine, string? failure, string? output, string? customStatus)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = (await api.RunAsync("FailWithInner")).InstanceId;

        JsonNode seen = (await api.GetAsync(id))!;

        Assert.Equal((failure, output, customStatus), ((string?)seen["failure"], (string?)seen["output"], (string?)seen["customStatus"]));
    }

    [Theory]
    [InlineData(Engine.Embedded, "Terminated")]
    [InlineData(Engine.EmbeddedInMemory, "Terminated")]
    [InlineData(Engine.Microsoft, "Completed")]
    public async Task Sub_orchestration_of_an_instance_that_is_terminated_recursively(Engine engine, string status)
    {
        EngineApi api = await engines.GetAsync(engine);
        string id = await api.StartAsync("CallWaiting");
        await api.WaitForCustomStatusAsync($"{id}:child", "waiting");

        Assert.Null((await api.CallClientAsync("terminate", new { Id = id, Input = "enough", Flag = true })).Error);

        Assert.Equal("Terminated: \"enough\"", (await api.WaitForEndAsync(id)).Outcome);
        if (status == "Completed")
            await api.RaiseAsync($"{id}:child", "go", "");
        Assert.Equal(status, (await api.WaitForEndAsync($"{id}:child")).RuntimeStatus);
    }
}
