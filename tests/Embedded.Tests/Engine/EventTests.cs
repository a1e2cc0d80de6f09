using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>External events: who gets them, and who does not.</summary>
public abstract class EventTests(bool replays) : EngineFacts(replays)
{
    [Fact]
    public void The_newest_of_two_waiters_gets_the_event()
    {
        string id = App.Start(async context =>
        {
            Task<string> older = context.WaitForExternalEvent<string>("go");
            Task<string> newer = context.WaitForExternalEvent<string>("go");
            await context.CallActivityAsync("Work", "x");
            return $"older: {await older}, newer: {await newer}";
        });

        App.Settle();
        App.Raise(id, "go", "first");
        App.Raise(id, "go", "second");

        Assert.Equal("older: second, newer: first", App.Output<string>(id));
    }

    [Fact]
    public void A_cancelled_waiter_takes_no_event()
    {
        string id = App.Start(async context =>
        {
            using CancellationTokenSource cancel = new();
            Task<string> patient = context.WaitForExternalEvent<string>("go");
            Task<string> cancelled = context.WaitForExternalEvent<string>("go", cancel.Token);
            cancel.Cancel();
            return $"{cancelled.IsCanceled}: {await patient}";
        });

        App.Settle();
        App.Raise(id, "go", "taken");

        Assert.Equal("True: taken", App.Output<string>(id));
    }

    [Fact]
    public void A_waiter_whose_token_has_fired_before_it_waits_takes_no_event()
    {
        string id = App.Start(async context =>
        {
            Task<string> cancelled = context.WaitForExternalEvent<string>("go", new CancellationToken(canceled: true));
            await context.CallActivityAsync("Work", "x");
            await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            return $"{cancelled.IsCanceled}: {await context.WaitForExternalEvent<string>("go")}";
        });

        App.Settle();
        App.Raise(id, "go", "taken");

        Assert.Equal("True: taken", App.Output<string>(id));
    }

    [Fact]
    public void Events_before_anyone_waits_are_kept_in_order()
    {
        string id = App.Start(async context =>
        {
            await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            string first = await context.WaitForExternalEvent<string>("go");
            return first + await context.WaitForExternalEvent<string>("go");
        });

        App.Raise(id, "go", "1");
        App.Settle();
        App.Raise(id, "go", "2");

        Assert.Equal("12", App.Output<string>(id));
    }

    [Fact]
    public void Event_names_do_not_distinguish_case()
    {
        string id = App.Start(async context => await context.WaitForExternalEvent<int>("Go"));

        App.Settle();
        App.Raise(id, "gO", 3);

        Assert.Equal(3, App.Output<int>(id));
    }

    [Fact]
    public void Two_waiters_of_different_types_for_one_name_are_refused()
    {
        OrchestrationMetadata ended = App.Run(context =>
        {
            _ = context.WaitForExternalEvent<string>("go");
            try
            {
                _ = context.WaitForExternalEvent<int>("go");
            }
            catch (ArgumentException exception)
            {
                return Task.FromResult<object?>(exception.Message);
            }

            return Task.FromResult<object?>("not refused");
        });

        Assert.Contains("Events with the same name must have the same type", ended.ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_orchestrator_can_send_an_event_to_another()
    {
        App.Scripts.Child = async context => await context.WaitForExternalEvent<string>("hello");
        string child = App.Start(name: "Child");
        App.Run(context =>
        {
            context.SendEvent(child, "hello", "from main");
            return Task.FromResult<object?>(null);
        });

        Assert.Equal("from main", App.Output<string>(child));
    }

    [Fact]
    public void An_orchestrator_can_send_an_event_to_itself()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            Task<string> waiting = context.WaitForExternalEvent<string>("hello");
            context.SendEvent(context.InstanceId, "hello", "me");
            return await waiting;
        });

        Assert.Equal("me", ended.ReadOutputAs<string>());
    }

    [Fact]
    public void Events_to_unknown_and_ended_instances_are_dropped_from_orchestrators_and_refused_to_clients()
    {
        string ended = App.Run(static _ => Task.FromResult<object?>(null)).InstanceId;
        foreach (string target in new[] { "unknown", ended })
        {
            OrchestrationMetadata sender = App.Run(context =>
            {
                context.SendEvent(target, "hello", "lost");
                return Task.FromResult<object?>("sent");
            });

            Assert.Equal("sent", sender.ReadOutputAs<string>());
            Assert.Throws<InvalidOperationException>(() => App.Raise(target, "hello"));
            Assert.Throws<InvalidOperationException>(() => App.Terminate(target));
            Assert.Throws<InvalidOperationException>(() => App.Do(client => client.SuspendInstanceAsync(target)));
        }
    }

    [Fact]
    public void An_event_for_an_ended_instance_does_not_reach_the_one_that_takes_its_id()
    {
        App.Scripts.Child = async context =>
        {
            using CancellationTokenSource cancel = new();
            Task timer = context.CreateTimer(TimeSpan.FromMinutes(1), cancel.Token);
            Task<string> late = context.WaitForExternalEvent<string>("late");
            return await Task.WhenAny(late, timer) == late ? await late : "nothing came";
        };
        App.Start(name: "Child", options: new StartOrchestrationOptions("reused"));
        App.Settle();
        App.Raise("reused", "late", "first");
        App.Raise("reused", "late", "second");
        // The open timer keeps the instance from ending until it fires.
        App.Host.Advance(TimeSpan.FromMinutes(1));
        Assert.True(App.Get("reused").IsCompleted);

        App.Start(name: "Child", options: new StartOrchestrationOptions("reused"));

        Assert.Equal("nothing came", App.Output<string>("reused"));
    }

    [Fact]
    public void Waiting_with_a_timeout_gives_up_when_the_time_is_over()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<string>("go", TimeSpan.FromHours(2));
            }
            catch (OperationCanceledException)
            {
                return $"gave up at {context.CurrentUtcDateTime:HH:mm}";
            }
        });

        Assert.Equal("gave up at 02:00", ended.ReadOutputAs<string>());
    }

    [Fact]
    public void Waiting_with_a_timeout_cancels_its_timer_when_the_event_comes()
    {
        string id = App.Start(async context => await context.WaitForExternalEvent<string>("go", TimeSpan.FromHours(2)));

        App.Settle();
        App.Raise(id, "go", "came");
        App.Settle();

        Assert.Equal("came", App.Get(id).ReadOutputAs<string>());
    }

    [Fact]
    public void An_event_that_cannot_be_read_fails_the_orchestration()
    {
        string id = App.Start(async context => await context.WaitForExternalEvent<int>("go"));

        App.Raise(id, "go", "no number");

        Assert.True(App.End(id).FailureDetails!.IsCausedBy<System.Text.Json.JsonException>());
    }
}

public sealed class ReplayedEventTests() : EventTests(replays: true);

public sealed class StickyEventTests() : EventTests(replays: false);
