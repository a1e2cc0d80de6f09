using System.Diagnostics;
using Microsoft.DurableTask;
using Preempt.Embedded.Tests.Engine;

namespace Preempt.Embedded.Tests.Testing;

/// <summary>When the test host's clock stands still, and for how long.</summary>
public sealed class HeldTimeTests
{
    private static readonly TimeSpan Real = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Ways to work for 100 ms of real time, with timers of the host's clock beside it. None of them takes any of the host's time.</summary>
    public static TheoryData<string, Func<TimeProvider, Task>> Work { get; } = new()
    {
        { "a delay in real time", static _ => RealDelay() },
        { "a thread of the pool", static _ => Task.Run(static () => Thread.Sleep(Real)) },
        { "no context", static async _ => await RealDelay().ConfigureAwait(false) },
        { "a deadline", static time => With(new CancellationTokenSource(TimeSpan.FromSeconds(1), time)) },
        { "a callback", static time => With(time.CreateTimer(static _ => { }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))) },
        { "a limit", static time => RealDelay().WaitAsync(TimeSpan.FromSeconds(1), time) },
        { "a race", static time => Task.WhenAny(RealDelay(), Task.Delay(Hour, time)) },
        { "a race of three", static time => Task.WhenAny(Task.Delay(Hour, time), RealDelay(), Task.Delay(Hour, time)) },
        { "a race of typed tasks", static time => Task.WhenAny(TypedDelay(time), TypedRealDelay(), TypedDelay(time)) },
        { "a delay that nobody awaits", static time => With(Task.Delay(Hour, time)) },
        { "a loop beside it", static time => With(Beat(time)) },
        { "ticks beside it", static time => With(Tick(time)) },
    };

    /// <summary>Ways to wait for an hour of the host's time.</summary>
    public static TheoryData<string, Func<TimeProvider, Task>> Waits { get; } = new()
    {
        { "a delay", static time => Task.Delay(Hour, time) },
        { "a delay with a token", static async time =>
        {
            using CancellationTokenSource source = new();
            await Task.Delay(Hour, time, source.Token);
        }
        },
        { "no context", static async time => await Task.Delay(Hour, time).ConfigureAwait(false) },
        { "after work", static async time =>
        {
            await RealDelay();
            await TypedDelay(time);
        }
        },
        { "after work without a context", static async time =>
        {
            await RealDelay().ConfigureAwait(false);
            await TypedDelay(time).ConfigureAwait(false);
        }
        },
        { "on the pool", static time => Task.Run(() => TypedDelay(time)) },
        { "a value task", static async time => await new ValueTask<int>(TypedDelay(time)) },
        { "all of several", static time => Task.WhenAll(Task.Delay(Hour, time), TypedDelay(time)) },
        { "the first of two", static time => Task.WhenAny(Task.Delay(Hour, time), Task.Delay(2 * Hour, time)) },
        { "the first of three", static time => Task.WhenAny(TypedDelay(time), TypedDelay(time), TypedDelay(time)) },
        { "one after the other", InTurn },
        { "a continuation", Continued },
        { "two who await one delay", static async time =>
        {
            Task delay = Task.Delay(Hour, time);
            Task other = Await(delay);
            await delay;
            await other;
        }
        },
        { "ticks", static async time =>
        {
            using PeriodicTimer timer = new(Hour, time);
            await timer.WaitForNextTickAsync();
        }
        },
        { "a limit", static async time => await Task.Delay(Hour, time).WaitAsync(2 * Hour, time) },
    };

    [Theory]
    [MemberData(nameof(Work))]
    public void Work_that_does_not_wait_on_the_clock_holds_it(string name, Func<TimeProvider, Task> work)
    {
        using EngineApp app = new();
        Assert.Equal((name, TimeSpan.Zero), (name, Measure(app, work)));
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public void Work_that_waits_on_the_clock_lets_time_pass(string name, Func<TimeProvider, Task> work)
    {
        using EngineApp app = new(static options => options.RealTimeLimit = TimeSpan.FromSeconds(10));
        Assert.Equal((name, Hour), (name, Measure(app, work)));
    }

    [Fact]
    public void One_activity_at_work_holds_the_clock_for_all_that_wait()
    {
        using EngineApp app = new();
        app.Scripts.Work = async (input, _, _) =>
        {
            await (input == "works" ? RealDelay() : Task.Delay(Hour, app.Time));
            app.Log.Add($"{input} {app.Host.Now:HH:mm}");
            return input;
        };

        app.Run(static async context =>
        {
            Task timer = context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            await Task.WhenAll(timer, context.CallActivityAsync("Work", "waits"), context.CallActivityAsync("Work", "works"));
            return null;
        });

        Assert.Equal(["works 00:00", "waits 01:00"], app.Log);
    }

    [Fact]
    public void An_entity_at_work_holds_the_clock_and_one_that_waits_on_it_lets_time_pass()
    {
        using EngineApp app = new();
        app.Scripts.Entity = async operation =>
        {
            await (operation.Name == "work" ? RealDelay() : Task.Delay(Hour, app.Time));
            return app.Host.Now;
        };
        DateTimeOffset start = app.Host.Now;

        Assert.Equal(start, Call("work"));
        Assert.Equal(start + Hour, Call("wait"));

        DateTimeOffset Call(string operation) => app.Run(async context =>
        {
            using CancellationTokenSource done = new();
            Task limit = context.CreateTimer(TimeSpan.FromDays(1), done.Token);
            DateTimeOffset at = await context.Entities.CallEntityAsync<DateTimeOffset>(EngineApp.EntityId, operation);
            done.Cancel();
            return at;
        }).ReadOutputAs<DateTimeOffset>();
    }

    [Fact]
    public void An_activity_that_waits_for_another_instance_lets_the_time_pass_that_this_takes()
    {
        using EngineApp app = new();
        app.Scripts.Child = static async context =>
        {
            await context.CreateTimer(Hour, CancellationToken.None);
            return "child";
        };
        app.Scripts.Work = static async (input, _, client) =>
        {
            await client.ScheduleNewOrchestrationInstanceAsync("Child", input: null, new StartOrchestrationOptions(input));
            return (await client.WaitForInstanceCompletionAsync(input, getInputsAndOutputs: true)).ReadOutputAs<string>();
        };
        DateTimeOffset start = app.Host.Now;

        Assert.Equal("child", app.Run(static async context => await context.CallActivityAsync<string>("Work", "c")).ReadOutputAs<string>());
        Assert.Equal(start + Hour, app.Host.Now);
    }

    [Fact]
    public void Work_beyond_the_limit_in_real_time_fails_the_test_with_a_list_of_what_is_at_work()
    {
        using EngineApp app = new(static options => options.RealTimeLimit = TimeSpan.FromMilliseconds(200));
        TaskCompletionSource never = new();
        app.Scripts.Work = async (input, _, _) =>
        {
            await (input == "waits" ? Task.Delay(Hour, app.Time) : never.Task);
            return input;
        };
        string id = app.Start(static async context =>
        {
            await Task.WhenAll(context.CallActivityAsync("Work", "waits"), context.CallActivityAsync("Work", "hangs"));
            return null;
        });

        string message = Assert.Throws<TimeoutException>(() => app.End(id)).Message;

        Assert.Contains($": activity Work of {id}, given \"hangs\"", message, StringComparison.Ordinal);
        Assert.DoesNotContain("waits\"", message, StringComparison.Ordinal);
        Assert.Contains("0.2 s of real time", message, StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public void Activities_one_after_the_other_may_take_longer_than_the_limit()
    {
        using EngineApp app = new(static options => options.RealTimeLimit = TimeSpan.FromSeconds(3));
        app.Scripts.Work = async (input, _, _) =>
        {
            await Task.Delay(500);
            return input;
        };
        long begun = Stopwatch.GetTimestamp();

        app.Run(static async context =>
        {
            for (int i = 0; i < 8; i++)
                await context.CallActivityAsync("Work", "x");
            return null;
        });

        Assert.True(Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(3.5));
    }

    /// <summary>How much of the host's time an activity takes.</summary>
    private static TimeSpan Measure(EngineApp app, Func<TimeProvider, Task> work)
    {
        app.Scripts.Work = async (input, _, _) =>
        {
            await work(app.Time);
            return app.Host.Now;
        };
        DateTimeOffset start = app.Host.Now;
        return app.Run(static async context => await context.CallActivityAsync<DateTimeOffset>("Work", "x")).ReadOutputAs<DateTimeOffset>() - start;
    }

    private static Task RealDelay() => Task.Delay(Real);

    private static async Task<int> TypedRealDelay()
    {
        await RealDelay();
        return 1;
    }

    private static async Task<int> TypedDelay(TimeProvider time)
    {
        await Task.Delay(Hour, time);
        return 1;
    }

    private static async Task Await(Task task) => await task;

    private static async Task With(object beside)
    {
        await RealDelay();
        if (beside is IDisposable and not Task)
            ((IDisposable)beside).Dispose();
    }

    private static async Task Beat(TimeProvider time)
    {
        while (true)
            await Task.Delay(TimeSpan.FromSeconds(1), time);
    }

    private static async Task Tick(TimeProvider time)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync())
        {
        }
    }

    /// <summary>Two who need the same thing: the second waits for the first, not for time.</summary>
    private static async Task InTurn(TimeProvider time)
    {
        using SemaphoreSlim one = new(1);
        await Task.WhenAll(Use(), Use());

        async Task Use()
        {
            await one.WaitAsync();
            await Task.Delay(Hour / 2, time);
            one.Release();
        }
    }

    private static Task Continued(TimeProvider time)
    {
        TaskCompletionSource done = new();
        _ = Task.Delay(Hour, time).ContinueWith(_ => done.SetResult(), TaskScheduler.Default);
        return done.Task;
    }
}
