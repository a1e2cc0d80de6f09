namespace Preempt.Tests.Runs;

public class MonotonicClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Time_passes_as_on_the_clock_behind_it()
    {
        SettableClock clock = new(Noon);
        MonotonicClock monotonic = new(clock);
        Assert.Equal(Noon, monotonic.Next());
        clock.Now = Noon.AddSeconds(1);
        Assert.Equal(Noon.AddSeconds(1), monotonic.Next());
    }

    [Fact]
    public void A_clock_that_stands_still_gives_a_tick_more_each_time()
    {
        MonotonicClock monotonic = new(new SettableClock(Noon));
        Assert.Equal([Noon, Noon.AddTicks(1), Noon.AddTicks(2)], new[] { monotonic.Next(), monotonic.Next(), monotonic.Next() });
    }

    [Fact]
    public void A_clock_set_back_a_little_does_not_set_the_answers_back()
    {
        SettableClock clock = new(Noon);
        MonotonicClock monotonic = new(clock);
        monotonic.Next();
        clock.Now = Noon.AddSeconds(-1);
        Assert.Equal(Noon.AddTicks(1), monotonic.Next());
    }

    [Fact]
    public void A_clock_that_was_wrong_is_followed_when_it_is_set_right()
    {
        SettableClock clock = new(Noon.AddHours(1));
        MonotonicClock monotonic = new(clock);
        monotonic.Next();
        clock.Now = Noon;
        Assert.Equal([Noon, Noon.AddTicks(1)], new[] { monotonic.Next(), monotonic.Next() });
    }

    [Fact]
    public void Answers_are_in_utc()
    {
        MonotonicClock monotonic = new(new SettableClock(new DateTimeOffset(2026, 1, 2, 14, 0, 0, TimeSpan.FromHours(2))));
        DateTimeOffset answer = monotonic.Next();
        Assert.Equal((Noon, TimeSpan.Zero), (answer, answer.Offset));
    }

    [Fact]
    public void Parallel_callers_never_get_the_same_time_and_each_sees_time_grow()
    {
        const int Callers = 8, Calls = 250_000;
        MonotonicClock monotonic = new(new SettableClock(Noon));
        DateTimeOffset[][] answers = new DateTimeOffset[Callers][];

        using Barrier together = new(Callers);
        Thread[] threads = [.. Enumerable.Range(0, Callers).Select(caller => new Thread(() =>
        {
            together.SignalAndWait();
            answers[caller] = [.. Enumerable.Range(0, Calls).Select(_ => monotonic.Next())];
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.All(answers, own => Assert.True(own.Zip(own.Skip(1)).All(pair => pair.First < pair.Second)));
        Assert.Equal(Callers * Calls, answers.SelectMany(own => own).Distinct().Count());
    }

    private sealed class SettableClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
