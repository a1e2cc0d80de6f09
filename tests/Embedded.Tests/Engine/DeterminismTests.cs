using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Code that a replay cannot bring back fails, and says what differed; none of it hangs in silence.</summary>
public abstract class DeterminismTests(bool replays) : EngineFacts(replays)
{
    [Theory]
    [InlineData("activity")]
    [InlineData("other activity")]
    [InlineData("timer")]
    [InlineData("child")]
    [InlineData("event")]
    [InlineData("call")]
    [InlineData("signal")]
    public void A_decision_that_the_code_no_longer_makes_fails_the_orchestration(string decision) => Diverge(before: [decision], after: []);

    [Theory]
    [InlineData("activity", "other activity")]
    [InlineData("activity", "timer")]
    [InlineData("activity", "child")]
    [InlineData("timer", "event")]
    [InlineData("child", "call")]
    public void Decisions_that_differ_fail_the_orchestration(string before, string after) => Diverge(["signal", before], ["signal", after]);

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

    /// <summary>Has an orchestration make decisions and then wait for an event.</summary>
    private string Begin(string[] decisions)
    {
        string id = App.Start(context => DecideAndWaitAsync(context, decisions));
        App.Host.Advance(TimeSpan.FromMinutes(1));
        return id;
    }

    /// <summary>Has the code change between two processes, and checks that the orchestration then fails.</summary>
    private void Diverge(string[] before, string[] after)
    {
        string id = Begin(before);
        App.Scripts.Main = context => DecideAndWaitAsync(context, after);
        App.Host.Crash();
        App.Raise(id, "go");
        OrchestrationMetadata ended = App.End(id);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("Non-Deterministic workflow detected", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
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
                try
                {
                    await context.CallActivityAsync("Other", "x");
                }
                catch (TaskFailedException)
                {
                    break;
                }

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
            case "call":
                await context.Entities.CallEntityAsync<int>(EngineApp.CounterId, "get");
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

    /// <summary>So long that it has not passed before it is awaited: what has ended already is not waited for.</summary>
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(1);

    private static async Task<object?> StrayAsync(TaskOrchestrationContext context, string stray)
    {
        switch (stray)
        {
            case "delay":
                await Task.Delay(Elsewhere);
                break;
            case "thread pool":
                await Task.Run(static () => Thread.Sleep(Elsewhere));
                break;
            case "left context":
                await Task.Delay(Elsewhere).ConfigureAwait(false);
                await context.CallActivityAsync("Work", "x");
                break;
            case "cancel async":
                using (CancellationTokenSource source = new())
                {
                    Task timer = context.CreateTimer(TimeSpan.FromDays(1), source.Token);
                    source.Token.Register(static () => Thread.Sleep(Elsewhere));
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
