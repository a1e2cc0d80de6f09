using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Embedded.Tests.Engine;
using Preempt.Testing;

namespace Preempt.Embedded.Tests.Testing;

/// <summary>What the test host does with time, with seeds, and with a process that dies.</summary>
public sealed class TestHostTests
{
    [Fact]
    public void Three_days_pass_in_milliseconds()
    {
        using EngineApp app = new();
        DateTimeOffset start = app.Host.Now;
        string id = app.Start(static async context =>
        {
            await context.CreateTimer(TimeSpan.FromDays(3), CancellationToken.None);
            return "done";
        });

        long begun = Stopwatch.GetTimestamp();
        Assert.Equal("done", app.Output<string>(id));

        Assert.Equal(TimeSpan.FromDays(3), app.Host.Now - start);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Time_passes_no_further_than_the_test_lets_it()
    {
        using EngineApp app = new();
        DateTimeOffset start = app.Host.Now;
        string id = app.Start(static async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None);
            return "done";
        });

        Assert.Throws<TimeoutException>(() => app.Host.RunUntil(() => app.Get(id).IsCompleted, TimeSpan.FromHours(1)));
        Assert.Equal(start, app.Host.Now);
        app.Host.Advance(TimeSpan.FromMinutes(119));
        Assert.False(app.Get(id).IsCompleted);
        app.Host.Advance(TimeSpan.FromMinutes(1));

        Assert.True(app.Get(id).IsCompleted);
        Assert.Equal(TimeSpan.FromHours(2), app.Host.Now - start);
    }

    [Fact]
    public void An_activity_that_waits_on_the_clock_lets_time_pass_and_one_that_works_holds_it()
    {
        using EngineApp app = new();
        app.Scripts.Work = async (input, _, _) =>
        {
            if (input == "waits")
                await Task.Delay(TimeSpan.FromHours(1), app.Time);
            else
                await Task.Run(static () => Thread.Sleep(100));
            return app.Host.Now;
        };
        DateTimeOffset start = app.Host.Now;

        Assert.Equal(start, app.Run(static async context => await context.CallActivityAsync<DateTimeOffset>("Work", "works")).ReadOutputAs<DateTimeOffset>());
        Assert.Equal(
            start + TimeSpan.FromHours(1),
            app.Run(static async context => await context.CallActivityAsync<DateTimeOffset>("Work", "waits")).ReadOutputAs<DateTimeOffset>());
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_with_all_its_faults()
    {
        for (int seed = 1; seed <= 20; seed++)
            Assert.Equal(Play(seed), Play(seed));
    }

    [Fact]
    public void Seeds_give_different_runs()
    {
        string[] runs = [.. Enumerable.Range(1, 20).Select(Play)];

        Assert.InRange(runs.Distinct().Count(), 15, 20);
    }

    [Fact]
    public void What_waits_in_vain_fails_with_the_histories_of_all_that_has_not_ended()
    {
        using EngineApp app = new();
        app.Start(static async context =>
        {
            context.SetCustomStatus("waiting");
            await context.CallActivityAsync("Work", "first");
            return await context.WaitForExternalEvent<string>("never");
        });

        string message = Assert.Throws<TimeoutException>(() => app.Host.RunUntil(static () => false)).Message;

        Assert.Contains("00000000000000000000000000000001 (Main) is Running, with the custom status \"waiting\"", message, StringComparison.Ordinal);
        Assert.Contains("TaskScheduled { Id = 0, Name = Work, Input = \"first\" }", message, StringComparison.Ordinal);
        Assert.Contains("TaskCompleted { Id = 0, Result = \"first\" }", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_of_an_instance_can_be_dumped()
    {
        using EngineApp app = new();
        string id = app.Start(static async context => await context.CallActivityAsync<string>("Work", "x"));
        app.End(id);

        Assert.Contains("(Main) is Completed", app.Host.DumpHistory(id), StringComparison.Ordinal);
        Assert.Contains("TaskCompleted { Id = 0, Result = \"x\" }", app.Host.DumpHistory(id), StringComparison.Ordinal);
        Assert.Equal("There is no instance 'nobody'.", app.Host.DumpHistory("nobody"));
    }

    [Fact]
    public void Work_without_an_end_fails_instead_of_going_on()
    {
        using EngineApp app = new(static options => options.MaxWorkAtOnce = 1000);
        app.Start(static context =>
        {
            context.ContinueAsNew();
            return Task.FromResult<object?>(null);
        });

        TimeoutException exception = Assert.Throws<TimeoutException>(() => app.Host.Advance(TimeSpan.FromSeconds(1)));
        Assert.StartsWith("1000 pieces of work have followed each other", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_dies_before_a_commit_is_durable_has_not_done_it_and_one_that_dies_after_it_has()
    {
        Assert.Equal(0, CountAfterCrash(isKept: false));
        Assert.Equal(1, CountAfterCrash(isKept: true));

        static int CountAfterCrash(bool isKept)
        {
            using EngineApp app = new();
            app.Host.CrashAfter(0, isKept);
            Assert.Throws<HostCrashedException>(() => app.Signal(EngineApp.CounterId, "add", 1));
            app.Settle();
            Assert.Equal(1, app.Host.Crashes);
            return app.List(client => client.Entities.GetAllEntitiesAsync<int>()).Sum(entity => entity.State);
        }
    }

    [Fact]
    public void An_orchestration_survives_a_process_that_dies_at_every_other_commit()
    {
        int crashes = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            using EngineApp app = new(options =>
            {
                options.CommitsCrash = 0.5;
                options.Seed = seed;
            });
            app.Scripts.Main = static async context =>
            {
                int sum = 0;
                for (int i = 0; i < 5; i++)
                    sum += await context.CallActivityAsync<int>("Work", new string('x', i));
                return sum;
            };
            app.Scripts.Work = static (input, _, _) => Task.FromResult<object?>(input.Length);
            while (app.Find("it") is null)
                Try(() => app.Start("it"));

            Assert.Equal(10, app.Output<int>("it"));
            crashes += app.Host.Crashes;
        }

        Assert.InRange(crashes, 50, 1000);
    }

    [Fact]
    public void A_restart_ends_the_services_and_a_crash_does_not()
    {
        List<Resource> made = [];
        DurableTestHostOptions options = new()
        {
            ConfigureServices = services => services.AddSingleton(_ =>
            {
                made.Add(new Resource());
                return made[^1];
            }),
        };
        using DurableTestHost host = new(options);

        host.Services.GetRequiredService<Resource>();
        host.Crash();
        host.Services.GetRequiredService<Resource>();
        host.Restart();
        host.Services.GetRequiredService<Resource>();

        Assert.Equal([false, true, false], made.Select(resource => resource.IsDisposed));
    }

    /// <summary>Plays a busy schedule with faults of all kinds, and tells all that happened.</summary>
    private static string Play(int seed)
    {
        using EngineApp app = new(options =>
        {
            options.Seed = seed;
            options.TimersFireEarly = TimeSpan.FromSeconds(1);
            options.ActivitiesRunTwice = 0.2;
            options.WorkersDie = 0.1;
            options.CommitsCrash = 0.02;
            options.MessagesArriveTwice = 0.1;
            options.MessagesArriveLate = 0.2;
        });
        app.Scripts.Work = async (input, _, _) =>
        {
            app.Log.Add($"{app.Host.Now:O} {input}");
            await Task.Delay(TimeSpan.FromSeconds(input.Length), app.Time);
            return input;
        };
        app.Scripts.Main = static async context =>
        {
            await Task.WhenAny(Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<string>("Work", new string('x', i))));
            await context.CreateTimer(TimeSpan.FromSeconds(5), CancellationToken.None);
            await context.Entities.SignalEntityAsync(EngineApp.CounterId, "add", 1);
            return context.NewGuid();
        };
        for (int i = 0; i < 5; i++)
            Try(() => app.Start($"i{i}"));
        app.Host.Advance(TimeSpan.FromMinutes(2));
        return string.Join('\n', [.. app.Log, .. Enumerable.Range(0, 5).Select(i => app.Host.DumpHistory($"i{i}")), $"{app.Host.Crashes} crashes"]);
    }

    private static void Try(Action call)
    {
        try
        {
            call();
        }
        catch (HostCrashedException)
        {
            // It was done, or it was not.
        }
        catch (InvalidOperationException)
        {
            // It was done before.
        }
    }

    private sealed class Resource : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
