using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Code that a replay cannot bring back fails, and says what differed; none of it hangs in silence.</summary>
public abstract class DeterminismTests(bool replays) : EngineFacts(replays)
{
    /// <summary>One decision of each kind.</summary>
    public static readonly TheoryData<string, string> Decisions = new()
    {
        { "activity", "activity Work" },
        { "other activity", "activity Other" },
        { "timer", "timer" },
        { "child", "sub-orchestration Child" },
        { "event", "event told to somebody" },
        { "other event", "event told to somebody-else" },
        { "call", "call of get on @counter@c" },
        { "other call", "call of get on @counter@d" },
        { "signal", "signal of add to @counter@c" },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void A_decision_that_the_code_no_longer_makes_is_named(string decision, string signature) =>
        Assert.Contains(
            $"its history has {signature} as decision 0, which the code did not make",
            Diverge(before: [decision], after: []),
            StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Decisions))]
    public void A_decision_that_the_code_did_not_make_before_is_named(string decision, string signature) =>
        Assert.Contains(
            $"the code made {signature} as decision 1, which its history does not have",
            Diverge(before: ["signal"], after: ["signal", decision]),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("activity", "other activity", "its history has activity Work as decision 1, where the code made activity Other")]
    [InlineData("activity", "timer", "its history has activity Work as decision 1, where the code made timer")]
    [InlineData("event", "other event", "its history has event told to somebody as decision 1, where the code made event told to somebody-else")]
    [InlineData("call", "other call", "its history has call of get on @counter@c as decision 1, where the code made call of get on @counter@d")]
    [InlineData("call", "signal", "its history has call of get on @counter@c as decision 1, where the code made signal of add to @counter@c")]
    public void Decisions_that_differ_are_named_both(string before, string after, string expected) =>
        Assert.Contains(expected, Diverge(["signal", before], ["signal", after]), StringComparison.Ordinal);

    [Fact]
    public void Code_that_differs_can_neither_catch_its_failure_nor_clean_up()
    {
        string id = Begin(["activity"]);
        App.Scripts.Main = async context =>
        {
            try
            {
                await DecideAsync(context, "other activity");
            }
            finally
            {
                App.Log.Add("finally");
            }

            return "survived";
        };
        App.Host.Crash();
        App.Raise(id, "go");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, App.End(id).RuntimeStatus);
        Assert.Empty(App.Log);
    }

    [Fact]
    public void Code_that_changes_where_it_has_not_been_yet_goes_on()
    {
        string id = Begin(["activity", "timer"]);
        App.Scripts.Main = async context =>
        {
            await DecideAsync(context, "activity");
            await DecideAsync(context, "timer");
            await context.WaitForExternalEvent<string>("go");
            await DecideAsync(context, "other activity");
            return "changed";
        };
        App.Host.Crash();
        App.Raise(id, "go");

        Assert.Equal("changed", App.Output<string>(id));
    }

    public static readonly TheoryData<string> Strays =
        ["delay", "thread pool", "left context", "cancel async", "nobody completes", "other's task"];

    [Theory]
    [MemberData(nameof(Strays))]
    public void Awaiting_what_is_not_durable_is_reported(string stray) =>
        CheckReported(App.Start(async context => await StrayAsync(context, stray)));

    [Theory]
    [InlineData("delay")]
    [InlineData("thread pool")]
    [InlineData("left context")]
    [InlineData("cancel async")]
    public void Awaiting_what_is_not_durable_is_reported_although_something_durable_is_open(string stray) =>
        CheckReported(App.Start(async context =>
        {
            _ = context.WaitForExternalEvent<string>("never");
            return await StrayAsync(context, stray);
        }));

    [Fact]
    public void What_an_async_void_method_throws_fails_the_orchestration()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            Throw(context);
            await context.WaitForExternalEvent<string>("never");
            return null;
        });

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("unseen", ended.FailureDetails!.ErrorMessage);

        static async void Throw(TaskOrchestrationContext context)
        {
            await context.CallActivityAsync("Work", "x");
            throw new InvalidOperationException("unseen");
        }
    }

    /// <summary>Has an orchestration make decisions and then wait for an event.</summary>
    private string Begin(string[] decisions)
    {
        string id = App.Start(context => DecideAndWaitAsync(context, decisions));
        App.Host.Advance(TimeSpan.FromMinutes(1));
        return id;
    }

    /// <summary>Has the code change between two processes, and returns what the orchestration then fails with.</summary>
    private string Diverge(string[] before, string[] after)
    {
        string id = Begin(before);
        App.Scripts.Main = context => DecideAndWaitAsync(context, after);
        App.Host.Crash();
        App.Raise(id, "go");
        OrchestrationMetadata ended = App.End(id);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("Orchestrator 'Main' is not deterministic", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        return ended.FailureDetails.ErrorMessage;
    }

    private static async Task<object?> DecideAndWaitAsync(TaskOrchestrationContext context, string[] decisions)
    {
        foreach (string decision in decisions)
            await DecideAsync(context, decision);
        return await context.WaitForExternalEvent<string>("go");
    }

    private static async Task DecideAsync(TaskOrchestrationContext context, string decision)
    {
        switch (decision)
        {
            case "activity":
                await context.CallActivityAsync("Work", "x");
                break;
            case "other activity":
                // Nobody wrote it.
                await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Other", "x"));
                break;
            case "timer":
                await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
                break;
            case "child":
                await context.CallSubOrchestratorAsync("Child");
                break;
            case "event":
                context.SendEvent("somebody", "told", "x");
                break;
            case "other event":
                context.SendEvent("somebody-else", "told", "x");
                break;
            case "call":
                await context.Entities.CallEntityAsync<int>(EngineApp.CounterId, "get");
                break;
            case "other call":
                await context.Entities.CallEntityAsync<int>(new("Counter", "d"), "get");
                break;
            case "signal":
                await context.Entities.SignalEntityAsync(EngineApp.CounterId, "add", 1);
                break;
        }
    }

    private void CheckReported(string id)
    {
        // Some of it comes from other threads, when they get to it.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                App.Settle();
                return App.Get(id).IsCompleted;
            },
            TimeSpan.FromSeconds(30)));

        OrchestrationMetadata ended = App.Get(id);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("'Main' awaits something that is not durable", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task<object?> StrayAsync(TaskOrchestrationContext context, string stray)
    {
        switch (stray)
        {
            case "delay":
                await Task.Delay(1);
                break;
            case "thread pool":
                await Task.Run(static () => Thread.Sleep(1));
                break;
            case "left context":
                await Task.Delay(1).ConfigureAwait(false);
                await context.CallActivityAsync("Work", "x");
                break;
            case "cancel async":
                using (CancellationTokenSource source = new())
                {
                    Task timer = context.CreateTimer(TimeSpan.FromDays(1), source.Token);
                    await source.CancelAsync();
                    await timer;
                }

                break;
            case "nobody completes":
                await new TaskCompletionSource().Task;
                break;
            case "other's task":
                await Task.WhenAny(new TaskCompletionSource().Task, new TaskCompletionSource<int>().Task);
                break;
        }

        return null;
    }
}

public sealed class ReplayedDeterminismTests() : DeterminismTests(replays: true);

public sealed class StickyDeterminismTests() : DeterminismTests(replays: false);
