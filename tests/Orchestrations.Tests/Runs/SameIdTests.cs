using System.Text.Json;
using Microsoft.DurableTask.Entities;

namespace Preempt.Tests.Runs;

/// <summary>A run whose id an earlier run had, which was deleted: it is a new run, and nothing that was meant for the other reaches it.</summary>
public sealed class SameIdTests
{
    private const string Id = "chosen:1";

    [Theory]
    [InlineData("one-run")]
    [InlineData("one-run-at-once")]
    [InlineData("newest-refused")]
    [InlineData("queued")]
    [InlineData("in-turn")]
    public void It_enters_the_gate_that_the_other_has_left(string workflow)
    {
        using TestApp app = new();
        Start(app, workflow, new Work(1));
        long first = Assert.Single(app.End(Id).FencingTokens);
        Delete(app);

        Start(app, workflow, new Work(1));
        Run run = app.End(Id);

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.True(Assert.Single(run.FencingTokens) > first);
    }

    [Theory]
    [InlineData("one-run")]
    [InlineData("newest-refused")]
    [InlineData("queued")]
    public void It_does_not_take_the_slot_that_the_other_left_behind(string workflow)
    {
        using TestApp app = new();
        Start(app, workflow, new Work(600));
        app.UntilRunning(Id);
        long first = Assert.Single(app.Peek(Id).FencingTokens);
        app.Terminate(Id);
        app.End(Id);
        Delete(app);
        app.Host.Advance(GateRules.CheckInterval);

        Start(app, workflow, new Work(1));
        Run run = app.End(Id);

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.True(Assert.Single(run.FencingTokens) > first);
    }

    [Fact]
    public void A_stop_of_the_other_does_not_stop_its_steps()
    {
        using TestApp app = new();
        Start(app, "ungated", new Work(600));
        app.UntilRunning(Id);
        app.Cancel(Id);
        Assert.Equal(RunStatus.Cancelled, app.End(Id).Status);
        Delete(app);

        Start(app, "ungated", new Work(5));
        Run run = app.End(Id);

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Null(run.Stop);
    }

    [Fact]
    public void A_late_message_to_the_other_is_dropped()
    {
        using TestApp app = new();
        DateTimeOffset first = Start(app, "ungated", new Work(1)).QueuedAt;
        app.End(Id);
        Delete(app);
        Start(app, "ungated", new Work(60));
        app.UntilRunning(Id);

        RunMessage late = RunMessage.ForStop(new StopRequest { Reason = StopReason.Requested, RequestedAt = first });
        Raise(app, late with { Life = HolderId.LifeOf(first) });

        Assert.Null(app.End(Id).Stop);
    }

    [Fact]
    public void It_hears_of_its_event_although_the_farewell_of_the_other_comes_again()
    {
        using TestApp app = new();
        EntityInstanceId subscribers = EventSubscribers.Of("order-paid");
        Start(app, "on-orders", new Work(5));
        app.UntilRunning(Id);
        string other = Assert.Single(app.Host.Run(() => EventSubscribers.ReadAsync(app.Host.Client, "order-paid", default)));
        app.End(Id);
        Delete(app);
        Start(app, "on-orders", new Work(3000));
        app.UntilRunning(Id);

        app.Host.Run(async () =>
        {
            await app.Host.Client.Entities.SignalEntityAsync(subscribers, nameof(EventSubscribers.Remove), other);
            return true;
        });
        app.Host.Advance(TimeSpan.FromSeconds(1));

        app.Host.Run(() => app.Runs.PublishEventAsync("order-paid", JsonSerializer.SerializeToElement(new { id = "k" })));
        Assert.Equal(StopReason.EndCondition, app.End(Id).Stop?.Reason);
    }

    [Fact]
    public void Children_of_the_other_are_not_its_own()
    {
        using TestApp app = new();
        string output = "first";
        async Task<string> Code(RunContext run) => await run.CallWorkflowAsync<Ungated, string>(new Script("child", "child"));
        ScriptedWorkflow.Codes["child"] = run => run.CallStepAsync<Worker, string>(new Work(1, Output: output));
        ScriptedWorkflow.Codes["parent"] = Code;
        Start(app, "ungated", "parent");
        Assert.Equal("first", app.End(Id).Output?.GetString());
        Delete(app);

        output = "second";
        Start(app, "ungated", "parent");

        Assert.Equal("second", app.End(Id).Output?.GetString());
    }

    private static Run Start(TestApp app, string workflow, Work work)
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = run => run.CallStepAsync<Worker, string>(work);
        return Start(app, workflow, name);
    }

    private static Run Start(TestApp app, string workflow, string code) =>
        app.Host.Run(() => app.Runs.StartAsync(workflow, new Script("k", code), new StartOptions { RunId = Id }));

    private static void Delete(TestApp app) => app.Host.Run(async () =>
    {
        await app.Runs.DeleteAsync(Id);
        return true;
    });

    private static void Raise(TestApp app, RunMessage message) => app.Host.Run(async () =>
    {
        await app.Host.Client.RaiseEventAsync(Id, RunMessage.EventName, message, CancellationToken.None);
        return true;
    });
}
