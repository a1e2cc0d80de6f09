using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Activities.</summary>
public abstract class ActivityTests(bool replays) : EngineFacts(replays)
{
    [Fact]
    public void What_an_activity_throws_reaches_the_orchestrator_with_its_causes()
    {
        App.Scripts.Work = static (_, _, _) => throw new InvalidOperationException("outer", new TimeoutException("inner"));
        OrchestrationMetadata ended = App.Run(async context =>
        {
            try
            {
                return await context.CallActivityAsync<string>("Work", "x");
            }
            catch (TaskFailedException exception)
            {
                TaskFailureDetails failure = exception.FailureDetails;
                return $"{exception.TaskName} {failure.ErrorMessage} {failure.IsCausedBy<InvalidOperationException>()} "
                    + $"{failure.InnerFailure!.ErrorMessage} {failure.InnerFailure.IsCausedBy<TimeoutException>()}";
            }
        });

        Assert.Equal("Work outer True inner True", ended.ReadOutputAs<string>());
    }

    [Fact]
    public void A_failure_that_nobody_catches_is_the_cause_of_the_orchestrations()
    {
        App.Scripts.Work = static (_, _, _) => throw new TimeoutException("too slow");
        OrchestrationMetadata ended = App.Run(async context => await context.CallActivityAsync<string>("Work", "x"));

        Assert.True(ended.FailureDetails!.IsCausedBy<TaskFailedException>());
        Assert.True(ended.FailureDetails.InnerFailure!.IsCausedBy<TimeoutException>());
        Assert.Equal("too slow", ended.FailureDetails.InnerFailure.ErrorMessage);
    }

    [Fact]
    public void An_activity_that_nobody_wrote_fails()
    {
        OrchestrationMetadata ended = App.Run(async context => await context.CallActivityAsync<string>("Nobody"));

        Assert.Contains("'Nobody'", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void An_activitys_result_that_is_of_another_type_fails_who_awaits_it()
    {
        OrchestrationMetadata ended = App.Run(async context => await context.CallActivityAsync<int>("Work", "no number"));

        Assert.True(ended.FailureDetails!.IsCausedBy<System.Text.Json.JsonException>());
    }

    [Fact]
    public void Activities_of_one_turn_run_together()
    {
        DateTimeOffset start = App.Host.Now;
        App.Scripts.Work = async (input, _, _) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), App.Time);
            return input;
        };

        OrchestrationMetadata ended = App.Run(async context =>
            string.Concat(await Task.WhenAll(Enumerable.Range(0, 5).Select(i => context.CallActivityAsync<string>("Work", $"{i}")))));

        Assert.Equal("01234", ended.ReadOutputAs<string>());
        Assert.Equal(start.AddHours(1), App.Host.Now);
    }

    [Fact]
    public void An_activity_has_a_durable_client_which_is_not_among_the_services()
    {
        App.Scripts.Work = async (_, function, client) =>
        {
            Assert.Null(function.InstanceServices.GetService<DurableTaskClient>());
            return await client.ScheduleNewOrchestrationInstanceAsync("Child", null, new StartOrchestrationOptions("started"));
        };
        App.Run(async context => await context.CallActivityAsync<string>("Work", "x"));

        Assert.True(App.End("started").IsCompleted);
    }

    [Fact]
    public void Stopping_the_host_fires_an_activitys_token_and_what_then_gives_up_runs_again()
    {
        int runs = 0;
        App.Scripts.Work = async (_, function, _) =>
        {
            if (++runs == 1)
                await Task.Delay(Timeout.InfiniteTimeSpan, function.CancellationToken);
            return $"run {runs}";
        };
        string id = App.Start(async context => await context.CallActivityAsync<string>("Work", "x"));
        App.Host.RunUntil(() => runs == 1);
        DateTimeOffset stop = App.Host.Now;

        App.Host.Restart();

        Assert.True(App.Host.Now - stop < TimeSpan.FromSeconds(1));
        Assert.Equal("run 2", App.Output<string>(id));
    }

    [Fact]
    public void An_activity_that_outlives_the_hosts_time_to_stop_runs_again()
    {
        int runs = 0;
        App.Scripts.Work = async (_, _, _) =>
        {
            if (++runs == 1)
                await Task.Delay(TimeSpan.FromHours(1), App.Time);
            return $"run {runs}";
        };
        string id = App.Start(async context => await context.CallActivityAsync<string>("Work", "x"));
        App.Settle();

        App.Host.Restart(TimeSpan.FromSeconds(5));

        Assert.Equal("run 2", App.Output<string>(id));
        Assert.Contains(App.Logs.Entries, entry => entry.Message.Contains("outlived", StringComparison.Ordinal));
    }

    [Fact]
    public void An_activity_that_ends_while_the_host_stops_has_ended()
    {
        int runs = 0;
        App.Scripts.Work = async (_, _, _) =>
        {
            runs++;
            await Task.Delay(TimeSpan.FromSeconds(3), App.Time);
            return "done";
        };
        string id = App.Start(async context => await context.CallActivityAsync<string>("Work", "x"));
        App.Settle();

        App.Host.Restart();

        Assert.Equal("done", App.Output<string>(id));
        Assert.Equal(1, runs);
    }

    [Fact]
    public void Activities_in_flight_at_a_crash_run_again()
    {
        int runs = 0;
        App.Scripts.Work = async (_, _, _) =>
        {
            runs++;
            await Task.Delay(TimeSpan.FromHours(1), App.Time);
            return runs;
        };
        string id = App.Start(async context => await context.CallActivityAsync<int>("Work", "x"));
        App.Settle();

        App.Host.Crash();

        Assert.Equal(2, App.Output<int>(id));
    }

    [Fact]
    public void A_late_answer_to_an_earlier_execution_is_dropped()
    {
        App.Scripts.Work = async (input, _, _) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), App.Time);
            return input;
        };
        App.Scripts.Main = static async context => await context.CallActivityAsync<string>("Work", context.GetInput<string>());
        App.Start("one", "first");
        App.Host.Advance(TimeSpan.FromMinutes(30));
        App.Terminate("one");
        App.Settle();

        App.Start("one", "second");

        Assert.Equal("second", App.Output<string>("one"));
    }
}

public sealed class ReplayedActivityTests() : ActivityTests(replays: true);

public sealed class StickyActivityTests() : ActivityTests(replays: false);
