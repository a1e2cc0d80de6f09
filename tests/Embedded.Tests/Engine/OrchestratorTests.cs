using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>What an orchestrator may do, and when it ends.</summary>
public abstract class OrchestratorTests(bool replays) : EngineFacts(replays)
{
    [Fact]
    public void An_orchestrator_that_returns_does_not_end_while_an_activity_is_open()
    {
        App.Scripts.Work = async (input, _, _) =>
        {
            await Task.Delay(TimeSpan.FromHours(2), App.Time);
            return input;
        };
        string id = App.Start(context =>
        {
            _ = context.CallActivityAsync<string>("Work", "x");
            return Task.FromResult<object?>("returned");
        });

        App.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(OrchestrationRuntimeStatus.Running, App.Get(id).RuntimeStatus);

        Assert.Equal("returned", App.Output<string>(id));
    }

    [Fact]
    public void An_orchestrator_that_throws_does_not_end_while_a_timer_is_open()
    {
        string id = App.Start(context =>
        {
            _ = context.CreateTimer(TimeSpan.FromSeconds(10), CancellationToken.None);
            throw new InvalidOperationException("no");
        });

        App.Host.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(OrchestrationRuntimeStatus.Running, App.Get(id).RuntimeStatus);
        App.Host.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, App.Get(id).RuntimeStatus);
    }

    [Fact]
    public void An_orchestrator_that_continues_as_new_does_not_while_a_sub_orchestration_is_open()
    {
        App.Scripts.Child = async context => await context.WaitForExternalEvent<string>("go");
        string id = App.Start(context =>
        {
            if (context.GetInput<int>() == 1)
                return Task.FromResult<object?>("again");
            _ = context.CallSubOrchestratorAsync("Child", new SubOrchestrationOptions(instanceId: "child"));
            context.ContinueAsNew(1);
            return Task.FromResult<object?>(null);
        });

        App.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(OrchestrationRuntimeStatus.Running, App.Get(id).RuntimeStatus);
        App.Raise("child", "go");

        Assert.Equal("again", App.Output<string>(id));
    }

    [Fact]
    public void A_cancelled_timer_is_not_open()
    {
        string id = App.Start(context =>
        {
            using CancellationTokenSource cancel = new();
            _ = context.CreateTimer(TimeSpan.FromHours(10), cancel.Token);
            cancel.Cancel();
            return Task.FromResult<object?>("returned");
        });

        App.Settle();

        Assert.Equal(OrchestrationRuntimeStatus.Completed, App.Get(id).RuntimeStatus);
    }

    [Fact]
    public void An_entity_call_and_a_waiter_for_an_event_do_not_keep_an_orchestrator_from_ending()
    {
        string id = App.Start(context =>
        {
            _ = context.Entities.CallEntityAsync<int>(EngineApp.CounterId, "Add", 1);
            _ = context.WaitForExternalEvent<int>("never");
            return Task.FromResult<object?>("returned");
        });

        App.Settle();

        Assert.Equal("returned", App.Output<string>(id));
        Assert.Equal(1, App.State<int>(EngineApp.CounterId));
    }

    [Fact]
    public void An_activity_that_terminates_its_own_instance_ends_it_at_once_with_an_output_and_runs_on()
    {
        App.Scripts.Work = async (id, _, client) =>
        {
            await client.TerminateInstanceAsync(id, new TerminateInstanceOptions("forced"));
            await Task.Delay(TimeSpan.FromMinutes(1), App.Time);
            App.Log.Add("ran on");
            return null;
        };
        string id = App.Start(async context =>
        {
            await context.CallActivityAsync("Work", context.InstanceId);
            return "not forced";
        });

        App.Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, App.Get(id).RuntimeStatus);
        Assert.Equal("forced", App.Get(id).ReadOutputAs<string>());
        Assert.Empty(App.Log);

        App.Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["ran on"], App.Log);
    }

    [Fact]
    public void The_code_up_to_the_first_await_runs_before_events_that_came_while_the_instance_was_pending()
    {
        App.Scripts.Main = async context =>
        {
            Task<int> older = context.WaitForExternalEvent<int>("go");
            Task<int> newer = context.WaitForExternalEvent<int>("go");
            // An event that had been there before the code would be the older waiter's.
            return await Task.WhenAny(older, newer) == newer ? "newer" : "older";
        };
        string id = App.Start();
        App.Raise(id, "go", 1);

        Assert.Equal("newer", App.Output<string>(id));
    }

    [Fact]
    public void Cancel_and_a_plain_task_completion_source_and_wait_async_are_deterministic()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            using CancellationTokenSource source = new();
            TaskCompletionSource<string> plain = new();
            Task<string> event1 = context.WaitForExternalEvent<string>("never");
            Task<string> waiting = Describe(event1.WaitAsync(source.Token));
            Task<string> relayed = Relay(plain.Task);
            await context.CallActivityAsync("Work", "1");
            source.Cancel();
            plain.SetResult("plain");
            await context.CallActivityAsync("Work", "2");
            return $"{await waiting} {await relayed}";
        });

        Assert.Equal("cancelled plain!", ended.ReadOutputAs<string>());

        static async Task<string> Relay(Task<string> task) => await task + "!";
        static async Task<string> Describe(Task task)
        {
            try
            {
                await task;
                return "done";
            }
            catch (OperationCanceledException)
            {
                return "cancelled";
            }
        }
    }

    [Fact]
    public void A_task_may_be_awaited_twice()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            Task<string> work = context.CallActivityAsync<string>("Work", "x");
            Task<string> both = Twice(work);
            return await work + await both;
        });

        Assert.Equal("xx", ended.ReadOutputAs<string>());

        static async Task<string> Twice(Task<string> task) => await task;
    }

    [Fact]
    public void An_oversized_custom_status_fails_the_instance_past_catch_and_finally()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            try
            {
                context.SetCustomStatus("fine");
                await context.CallActivityAsync("Work", "x");
                context.SetCustomStatus(new string('x', 8 * 1024));
                await context.CallActivityAsync("Work", "y");
            }
            catch (ArgumentException)
            {
                App.Log.Add("catch");
            }
            finally
            {
                App.Log.Add("finally");
            }

            return "survived";
        });

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("custom status", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("fine", ended.ReadCustomStatusAs<string>());
        Assert.Empty(App.Log);
    }

    [Fact]
    public void A_custom_status_of_16_KB_is_kept()
    {
        string status = new('x', (8 * 1024) - 2);
        OrchestrationMetadata ended = App.Run(context =>
        {
            context.SetCustomStatus(status);
            return Task.FromResult<object?>(null);
        });

        Assert.Equal(status, ended.ReadCustomStatusAs<string>());
    }

    [Fact]
    public void What_a_failing_orchestrator_throws_is_told_with_its_causes()
    {
        OrchestrationMetadata ended = App.Run(static _ =>
            throw new InvalidOperationException("outer", new TimeoutException("inner")));

        TaskFailureDetails failure = ended.FailureDetails!;
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.True(failure.IsCausedBy<InvalidOperationException>());
        Assert.Equal("outer", failure.ErrorMessage);
        Assert.True(failure.InnerFailure!.IsCausedBy<TimeoutException>());
        Assert.Equal("inner", failure.InnerFailure.ErrorMessage);
    }

    [Fact]
    public void An_output_that_cannot_be_written_fails_the_orchestration()
    {
        OrchestrationMetadata ended = App.Run(static _ => Task.FromResult<object?>(new Cycle()));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.True(ended.FailureDetails!.IsCausedBy<System.Text.Json.JsonException>());
    }

    [Fact]
    public void An_orchestrator_that_nobody_wrote_fails()
    {
        OrchestrationMetadata ended = App.End(App.Start(name: "Nobody"));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("'Nobody'", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void New_guids_differ_and_are_the_same_in_a_replay()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            List<Guid> ids = [context.NewGuid(), context.NewGuid()];
            await context.CallActivityAsync("Work", "x");
            return ids.Append(context.NewGuid()).Distinct().Count();
        });

        Assert.Equal(3, ended.ReadOutputAs<int>());
    }

    [Fact]
    public void The_clock_stands_still_within_a_turn_and_is_the_same_in_a_replay()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            DateTime start = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            DateTime then = context.CurrentUtcDateTime;
            await context.CallActivityAsync("Work", "x");
            return (then - start).TotalHours;
        });

        Assert.Equal(1, ended.ReadOutputAs<double>());
    }

    [Fact]
    public void A_replay_safe_logger_logs_once()
    {
        App.Run(async context =>
        {
            ILogger logger = context.CreateReplaySafeLogger("test");
            logger.LogInformation("begun");
            await context.CallActivityAsync("Work", "1");
            logger.LogInformation("middle");
            await context.CallActivityAsync("Work", "2");
            logger.LogInformation("done");
            return null;
        });

        Assert.Equal(["begun", "middle", "done"], App.Logs.Entries.Select(entry => entry.Message).Where(message => !message.Contains("'Main'", StringComparison.Ordinal)));
    }

    private sealed class Cycle
    {
        public Cycle Self => this;
    }
}

public sealed class ReplayedOrchestratorTests() : OrchestratorTests(replays: true);

public sealed class StickyOrchestratorTests() : OrchestratorTests(replays: false);
