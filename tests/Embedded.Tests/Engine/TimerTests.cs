using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Durable timers.</summary>
public abstract class TimerTests(bool replays) : EngineFacts(replays)
{
    [Fact]
    public void Timers_fire_in_the_order_of_their_times()
    {
        App.Run(async context =>
        {
            await Task.WhenAll(Enumerable.Range(1, 3).Reverse().Select(async days =>
            {
                await context.CreateTimer(TimeSpan.FromDays(days), CancellationToken.None);
                if (!context.IsReplaying)
                    App.Log.Add($"{days} at {context.CurrentUtcDateTime:MM-dd}");
            }));
            return null;
        });

        Assert.Equal(["1 at 01-02", "2 at 01-03", "3 at 01-04"], App.Log);
    }

    [Fact]
    public void A_timer_of_a_time_that_has_passed_fires_at_once()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddDays(-1), CancellationToken.None);
            return "fired";
        });

        Assert.Equal("fired", ended.ReadOutputAs<string>());
        Assert.Equal(ended.CreatedAt, App.Host.Now);
    }

    [Fact]
    public void A_timer_of_a_year_fires()
    {
        DateTimeOffset start = App.Host.Now;
        App.Run(async context =>
        {
            await context.CreateTimer(TimeSpan.FromDays(365), CancellationToken.None);
            return null;
        });

        Assert.Equal(start.AddDays(365), App.Host.Now);
    }

    [Fact]
    public void A_cancelled_timer_throws_at_once_and_never_fires()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            using CancellationTokenSource cancel = new();
            Task timer = context.CreateTimer(TimeSpan.FromHours(1), cancel.Token);
            await context.CallActivityAsync("Work", "x");
            cancel.Cancel();
            try
            {
                await timer;
            }
            catch (OperationCanceledException)
            {
                await context.CreateTimer(TimeSpan.FromHours(3), CancellationToken.None);
                return true;
            }

            return false;
        });

        Assert.True(ended.ReadOutputAs<bool>());
        Assert.Equal(ended.CreatedAt + TimeSpan.FromHours(3), App.Host.Now);
    }

    [Fact]
    public void A_cancelled_timers_message_that_arrives_all_the_same_is_nobodys()
    {
        string id = App.Start(static async context =>
        {
            using CancellationTokenSource source = new();
            Task timer = context.CreateTimer(TimeSpan.FromHours(1), source.Token);
            await context.WaitForExternalEvent<string>("stop");
            source.Cancel();
            await Assert.ThrowsAsync<TaskCanceledException>(() => timer);
            return await context.WaitForExternalEvent<string>("end");
        });
        App.Settle();
        App.Do(client => client.SuspendInstanceAsync(id));
        App.Raise(id, "stop");
        // The timer fires for an instance that takes its message only after the event that cancels it.
        App.Host.Advance(TimeSpan.FromHours(2));
        App.Do(client => client.ResumeInstanceAsync(id));
        App.Settle();
        App.Host.Crash();
        App.Raise(id, "end", "fine");

        Assert.Equal("fine", App.Output<string>(id));
    }

    [Fact]
    public void A_timer_whose_token_has_fired_before_it_is_made_is_cancelled()
    {
        OrchestrationMetadata ended = App.Run(context =>
            Task.FromResult<object?>(context.CreateTimer(TimeSpan.FromHours(1), new CancellationToken(canceled: true)).IsCanceled));

        Assert.True(ended.ReadOutputAs<bool>());
    }

    [Fact]
    public void A_timer_that_came_due_while_the_host_was_down_fires()
    {
        string id = App.Start(async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            return context.CurrentUtcDateTime.Hour;
        });
        App.Settle();

        App.Host.Crash();

        Assert.Equal(1, App.Output<int>(id));
    }
}

public sealed class ReplayedTimerTests() : TimerTests(replays: true);

public sealed class StickyTimerTests() : TimerTests(replays: false);
