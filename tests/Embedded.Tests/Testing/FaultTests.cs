using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Preempt.Embedded.Tests.Engine;
using Preempt.Testing;

namespace Preempt.Embedded.Tests.Testing;

/// <summary>The faults of a real host that a test can ask for.</summary>
public sealed class FaultTests
{
    private const int Seeds = 20;

    [Fact]
    public void Timers_fire_up_to_one_second_early()
    {
        TimeSpan[] leads = ForEachSeed(static options => options.TimersFireEarly = TimeSpan.FromSeconds(1), static app =>
            app.Run(static async context =>
            {
                DateTime due = context.CurrentUtcDateTime.AddSeconds(10);
                await context.CreateTimer(due, CancellationToken.None);
                return due - context.CurrentUtcDateTime;
            }).ReadOutputAs<TimeSpan>());

        Assert.All(leads, lead => Assert.InRange(lead, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Contains(leads, lead => lead > TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public void Without_faults_timers_fire_on_time_and_everything_happens_once()
    {
        ForEachSeed(static _ => { }, app =>
        {
            app.Scripts.Work = (input, _, _) =>
            {
                app.Log.Add(input);
                return Task.FromResult<object?>(input);
            };
            Assert.Equal(TimeSpan.FromSeconds(10), app.Run(static async context =>
            {
                DateTime start = context.CurrentUtcDateTime;
                await context.CallActivityAsync("Work", "once");
                await context.CreateTimer(TimeSpan.FromSeconds(10), CancellationToken.None);
                return context.CurrentUtcDateTime - start;
            }).ReadOutputAs<TimeSpan>());
            Assert.Equal(["once"], app.Log);
            return 0;
        });
    }

    [Fact]
    public void An_activity_runs_twice_and_answers_once()
    {
        using EngineApp app = New(static options => options.ActivitiesRunTwice = 1);
        app.Scripts.Work = (input, _, _) =>
        {
            app.Log.Add(input);
            return Task.FromResult<object?>(app.Log.Count);
        };

        OrchestrationMetadata ended = app.Run(static async context =>
        {
            int first = await context.CallActivityAsync<int>("Work", "x");
            await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            return first;
        });

        Assert.Equal(1, ended.ReadOutputAs<int>());
        Assert.Equal(["x", "x"], app.Log);
    }

    [Fact]
    public void An_activity_whose_worker_dies_has_done_its_work_and_fails()
    {
        using EngineApp app = New(static options => options.WorkersDie = 1);
        app.Scripts.Work = (input, _, _) =>
        {
            app.Log.Add(input);
            return Task.FromResult<object?>(input);
        };

        OrchestrationMetadata ended = app.Run(static async context =>
        {
            TaskFailedException failed = await Assert.ThrowsAsync<TaskFailedException>(() => context.CallActivityAsync("Work", "x"));
            return failed.FailureDetails.ErrorMessage;
        });

        Assert.Equal("The worker process died.", ended.ReadOutputAs<string>());
        Assert.Equal(["x"], app.Log);
    }

    [Fact]
    public void An_entity_whose_worker_dies_fails_its_callers_loses_its_signals_and_keeps_its_state()
    {
        DurableTestHostOptions? options = null;
        using EngineApp app = New(given => (options = given).WorkersDie = 1);
        options!.WorkersDie = 0;
        app.Signal(EngineApp.CounterId, "Add", 5);
        app.Settle();
        options.WorkersDie = 1;
        app.Signal(EngineApp.CounterId, "Add", 1);
        OrchestrationMetadata ended = app.Run(static async context =>
        {
            EntityOperationFailedException failed = await Assert.ThrowsAsync<EntityOperationFailedException>(
                () => context.Entities.CallEntityAsync(EngineApp.CounterId, "Add", 1));
            return failed.FailureDetails.ErrorMessage;
        });
        options.WorkersDie = 0;

        Assert.Equal("The worker process died.", ended.ReadOutputAs<string>());
        Assert.Equal(5, app.Run(static async context => await context.Entities.CallEntityAsync<int>(EngineApp.CounterId, "Get")).ReadOutputAs<int>());
    }

    [Fact]
    public void A_message_arrives_twice()
    {
        using EngineApp app = New(static options => options.MessagesArriveTwice = 1);
        string id = app.Start(static async context =>
            await context.WaitForExternalEvent<string>("said") + await context.WaitForExternalEvent<string>("said"));
        app.Raise(id, "said", "x");

        Assert.Equal("xx", app.Output<string>(id));
    }

    [Fact]
    public void Messages_arrive_late_and_overtake_each_other()
    {
        string[] orders = ForEachSeed(
            static options =>
            {
                options.MessagesArriveLate = 0.5;
                options.LongestDelay = TimeSpan.FromSeconds(20);
            },
            static app =>
            {
                string id = app.Start(static async context =>
                {
                    DateTime start = context.CurrentUtcDateTime;
                    string order = await context.WaitForExternalEvent<string>("said") + await context.WaitForExternalEvent<string>("said");
                    return $"{order}{(context.CurrentUtcDateTime - start > TimeSpan.FromSeconds(10) ? " late" : "")}";
                });
                app.Settle();
                app.Raise(id, "said", "1");
                app.Raise(id, "said", "2");
                return app.Output<string>(id)!;
            });

        Assert.Equal(["12", "12 late", "21", "21 late"], orders.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Late_messages_to_an_entity_keep_their_order()
    {
        ForEachSeed(static options => options.MessagesArriveLate = 0.5, app =>
        {
            app.Log.Clear();
            app.Scripts.Entity = operation =>
            {
                app.Log.Add(operation.Name);
                return default;
            };
            for (int i = 0; i < 10; i++)
                app.Signal(EngineApp.EntityId, $"{i}");
            app.Host.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), app.Log);
            return 0;
        });
    }

    [Fact]
    public void A_late_or_repeated_message_of_a_timer_is_taken_once()
    {
        using EngineApp app = New(static options =>
        {
            options.MessagesArriveTwice = 0.5;
            options.MessagesArriveLate = 1;
        });

        OrchestrationMetadata ended = app.Run(static async context =>
        {
            DateTime start = context.CurrentUtcDateTime;
            for (int i = 0; i < 20; i++)
                await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
            return context.CurrentUtcDateTime - start;
        });

        Assert.InRange(ended.ReadOutputAs<TimeSpan>(), TimeSpan.FromSeconds(21), TimeSpan.FromSeconds(20 * 6));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void How_often_a_fault_happens_is_a_number_from_0_to_1(double rate)
    {
        DurableTestHostOptions[] bad =
        [
            new() { ActivitiesRunTwice = rate },
            new() { WorkersDie = rate },
            new() { CommitsCrash = rate },
            new() { MessagesArriveTwice = rate },
            new() { MessagesArriveLate = rate },
        ];

        Assert.All(bad, options => Assert.Throws<ArgumentOutOfRangeException>(() => new DurableTestHost(options)));
    }

    [Fact]
    public void Times_of_faults_are_not_negative()
    {
        TimeSpan negative = TimeSpan.FromTicks(-1);

        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableTestHost(new() { TimersFireEarly = negative }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableTestHost(new() { LongestDelay = negative }));
    }

    private static EngineApp New(Action<DurableTestHostOptions> configure, int seed = 1) => new(options =>
    {
        configure(options);
        options.Seed = seed;
    });

    private static T[] ForEachSeed<T>(Action<DurableTestHostOptions> configure, Func<EngineApp, T> play) =>
        [.. Enumerable.Range(1, Seeds).Select(seed =>
        {
            using EngineApp app = New(configure, seed);
            return play(app);
        })];
}
