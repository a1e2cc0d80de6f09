using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Hosting;
using Preempt.Testing;

namespace Preempt.Embedded.Tests.Hosting;

public sealed class TimerTriggerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 30, TimeSpan.Zero);

    private readonly SkippingClock _clock = new(Start);
    private readonly Runs _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task A_timer_runs_at_its_times()
    {
        await using TestApp app = await StartAsync<Hourly>("--Every=0 0 * * * *");

        Run first = await NextRunAsync("01:00");
        Run second = await NextRunAsync("02:00");

        Assert.False(first.Info.IsPastDue);
        Assert.Equal((default(DateTime), At("02:00")), (first.Info.ScheduleStatus!.Last, first.Info.ScheduleStatus.Next));
        Assert.Equal((At("01:00"), At("03:00")), (second.Info.ScheduleStatus!.Last, second.Info.ScheduleStatus.Next));
        Assert.Equal(At("01:00"), second.Info.ScheduleStatus.LastUpdated);
    }

    [Fact]
    public async Task A_time_span_counts_from_the_start()
    {
        await using TestApp app = await StartAsync<Hourly>("--Every=00:10:00");

        await NextRunAsync("00:10:30");
        await NextRunAsync("00:20:30");
    }

    [Fact]
    public async Task A_timer_may_run_when_the_app_starts()
    {
        await using TestApp app = await StartAsync<OnStartup>();

        Run first = _runs.Take();
        Run second = await NextRunAsync("01:00");

        Assert.False(first.Info.IsPastDue);
        Assert.Equal(Start.UtcDateTime, second.Info.ScheduleStatus!.Last);
    }

    [Fact]
    public async Task A_run_that_lasts_too_long_is_followed_by_one_that_is_past_due()
    {
        await using TestApp app = await StartAsync<Slow>();
        await UntilWaitingForAsync("01:00");
        _clock.JumpTo(At("01:00"));
        _runs.Take();

        _clock.JumpTo(At("03:30"));
        Assert.True(_runs.IsEmpty);
        _runs.Go.Release(2);

        Assert.True(_runs.Take().Info.IsPastDue);
        Assert.False((await NextRunAsync("04:00")).Info.IsPastDue);
        _runs.Go.Release();
    }

    [Theory]
    [InlineData("--Every=*/30 * * * * *", "00:01:00")]
    [InlineData("--Every=0 * * * * *", "00:01:00", true)]
    public async Task What_comes_more_than_once_a_minute_is_not_monitored(string every, string due, bool expected = false)
    {
        await using TestApp app = await StartAsync<Hourly>(every);

        Assert.Equal(expected, (await NextRunAsync(due)).Info.ScheduleStatus is not null);
    }

    [Fact]
    public async Task A_timer_that_does_not_use_the_monitor_is_told_nothing()
    {
        await using TestApp app = await StartAsync<Unmonitored>();

        Assert.Null((await NextRunAsync("01:00")).Info.ScheduleStatus);
    }

    [Fact]
    public async Task A_failure_is_logged_and_the_next_time_comes()
    {
        await using TestApp app = await StartAsync<Failing>();

        await NextRunAsync("01:00");
        await NextRunAsync("02:00");

        Assert.Contains(app.Logs.Entries, entry => entry.Level == LogLevel.Error && entry.Exception?.Message == "out of tea");
    }

    [Fact]
    public async Task A_stopping_host_waits_for_the_run_and_starts_no_more()
    {
        TestApp app = await StartAsync<Slow>();
        await UntilWaitingForAsync("01:00");
        _clock.JumpTo(At("01:00"));
        Run run = _runs.Take();

        Task stopped = app.StopAsync();
        await Task.Delay(Timeout.Infinite, run.Cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.False(stopped.IsCompleted);
        _runs.Go.Release();
        await stopped;

        _clock.JumpTo(At("05:00"));
        Assert.True(_runs.IsEmpty);
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("--Every=every day", "function 'Timer' (", "schedule \"every day\"")]
    [InlineData("--Other=1", "function 'Timer' (", "it needs the setting 'Every', which is not set")]
    [InlineData("--Every=0 0 * * * *", "function 'Timer' (", "WEBSITE_TIME_ZONE is 'Europe/Paris'", "--WEBSITE_TIME_ZONE=Europe/Paris")]
    public void A_schedule_that_cannot_be_kept_refuses_the_start(string setting, string name, string why, string other = "--Another=1")
    {
        EmbeddedAppBuilder builder = TestApp.NewBuilder([typeof(Hourly)], setting, other);

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => builder.Build());

        Assert.StartsWith("The function app cannot start: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    private Task<TestApp> StartAsync<T>(params string[] settings)
    {
        EmbeddedAppBuilder builder = TestApp.NewBuilder([typeof(T)], settings);
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddSingleton(_runs);
        return TestApp.StartAsync(builder);
    }

    private static DateTime At(string time) => Start.UtcDateTime.Date.Add(TimeSpan.Parse(time, null));

    /// <summary>Waits until a timer is set for a time, jumps to it, and gives the run that it starts.</summary>
    private async Task<Run> NextRunAsync(string time)
    {
        await UntilWaitingForAsync(time);
        _clock.JumpTo(At(time));
        return _runs.Take();
    }

    private async Task UntilWaitingForAsync(string time)
    {
        using CancellationTokenSource patience = new(TestApp.Patience);
        while (_clock.NextDue != At(time))
            await Task.Delay(1, patience.Token);
    }

    internal sealed record Run(TimerInfo Info, CancellationToken Cancellation);

    /// <summary>The runs that there were, as functions note them.</summary>
    public sealed class Runs : IDisposable
    {
        private readonly BlockingCollection<Run> _runs = [];

        internal SemaphoreSlim Go { get; } = new(0);

        internal bool IsEmpty => _runs.Count == 0;

        internal void Add(TimerInfo info, CancellationToken cancellation) => _runs.Add(new Run(info, cancellation), CancellationToken.None);

        internal Run Take() => _runs.TryTake(out Run? run, TestApp.Patience) ? run : throw new TimeoutException("There was no run.");

        public void Dispose()
        {
            _runs.Dispose();
            Go.Dispose();
        }
    }

    public class Hourly(Runs runs)
    {
        [Function("Timer")]
        public void Run([TimerTrigger("%Every%")] TimerInfo info, CancellationToken cancellation) => runs.Add(info, cancellation);
    }

    public class OnStartup(Runs runs)
    {
        [Function("Timer")]
        public void Run([TimerTrigger("0 0 * * * *", RunOnStartup = true)] TimerInfo info, CancellationToken cancellation) =>
            runs.Add(info, cancellation);
    }

    public class Unmonitored(Runs runs)
    {
        [Function("Timer")]
        public void Run([TimerTrigger("0 0 * * * *", UseMonitor = false)] TimerInfo info, CancellationToken cancellation) =>
            runs.Add(info, cancellation);
    }

    public class Failing(Runs runs)
    {
        [Function("Timer")]
        public void Run([TimerTrigger("0 0 * * * *")] TimerInfo info, CancellationToken cancellation)
        {
            runs.Add(info, cancellation);
            throw new InvalidOperationException("out of tea");
        }
    }

    public class Slow(Runs runs)
    {
        [Function("Timer")]
        public async Task Run([TimerTrigger("0 0 * * * *")] TimerInfo info, CancellationToken cancellation)
        {
            runs.Add(info, cancellation);
            Assert.True(await runs.Go.WaitAsync(TestApp.Patience, CancellationToken.None));
        }
    }
}
