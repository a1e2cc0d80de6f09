namespace Preempt.Tests.Runs;

/// <summary>What a run leaves in its history does not grow much with the time that it takes.</summary>
public sealed class GrowthTests
{
    [Fact]
    public void A_run_that_waits_for_a_week_has_a_short_history()
    {
        const int MostEvents = 1500;
        using TestApp app = new();
        (string holder, string waiter) = StartBehindAWeek(app);
        app.Host.Advance(TimeSpan.FromDays(6.9));

        int events = CountEvents(app, waiter);
        Assert.InRange(events, 100, MostEvents);
        Assert.Equal(RunStatus.Succeeded, app.End(holder).Status);
        Assert.Equal(RunStatus.Succeeded, app.End(waiter).Status);
    }

    [Fact]
    public void A_leaked_slot_of_a_run_that_others_have_waited_for_is_given_on_within_the_hour()
    {
        using TestApp app = new();
        (string holder, string waiter) = StartBehindAWeek(app);
        app.Host.Advance(TimeSpan.FromDays(3));

        app.Terminate(holder);

        DateTimeOffset terminatedAt = app.Host.Now;
        Assert.Equal(RunStatus.Succeeded, app.End(waiter).Status);
        Assert.InRange(app.Host.Now - terminatedAt, TimeSpan.Zero, TimeSpan.FromMinutes(61));
    }

    [Fact]
    public void A_leaked_slot_is_given_on_at_once_where_another_run_comes()
    {
        using TestApp app = new();
        (string holder, string waiter) = StartBehindAWeek(app);
        app.Host.Advance(TimeSpan.FromDays(3));
        app.Terminate(holder);

        DateTimeOffset terminatedAt = app.Host.Now;
        app.Start("one-in-order", new Work(1));

        Assert.Equal(RunStatus.Succeeded, app.End(waiter).Status);
        Assert.InRange(app.Host.Now - terminatedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_grace_of_a_day_has_few_reminders()
    {
        const int MostEvents = 1000;
        using TestApp app = new();
        string id = app.Start("ungated", new Work(TimeSpan.FromDays(2).TotalSeconds, IgnoreStop: true));
        app.UntilRunning(id);
        app.Cancel(id, new CancelOptions(Grace: TimeSpan.FromDays(1)));
        app.Host.Advance(TimeSpan.FromHours(23.9));

        Assert.InRange(CountEvents(app, id), 100, MostEvents);
        Run run = app.End(id);
        Assert.True(run.Stop!.Forced);
    }

    /// <summary>A run that works for a week, and one that waits for it.</summary>
    private static (string Holder, string Waiter) StartBehindAWeek(TestApp app)
    {
        string holder = app.Start("one-in-order", new Work(TimeSpan.FromDays(7).TotalSeconds));
        app.UntilRunning(holder);
        return (holder, app.Start("one-in-order", new Work(1)));
    }

    private static int CountEvents(TestApp app, string id) => app.Host.DumpHistory(id).Split('\n').Length;
}
