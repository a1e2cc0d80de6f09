using System.Diagnostics;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Preempt.Tests.Shared;

namespace Preempt.Tests.Cancellation;

/// <summary>Feeds of several processes over one real table.</summary>
public sealed class TableFeedTests(AzuriteFixture azurite) : FeedFacts(azurite)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_stop_that_one_process_publishes_reaches_the_step_in_another()
    {
        FeedProcess here = Lab.Start(Interval);
        FeedProcess there = Lab.Start(Interval);
        using ActiveStep step = there.Begin("a");
        using ActiveStep other = there.Begin("b");
        await here.Feed.PublishAsync(new StopNotice("a", StopReason.Superseded), Token);
        await FeedLab.UntilAsync(() => step.Token.IsCancellationRequested);
        Assert.Equal(StopReason.Superseded, step.Reason);
        Assert.Null(other.Reason);
    }

    [Fact]
    public async Task A_step_that_begins_after_its_run_was_stopped_elsewhere_is_told()
    {
        FeedProcess here = Lab.Start(Interval);
        FeedProcess there = Lab.Start(Interval);
        await here.Feed.PublishAsync(new StopNotice("a", StopReason.Requested), Token);
        using ActiveStep step = there.Begin("a");
        await FeedLab.UntilAsync(() => step.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Own_steps_hear_of_it_without_the_table()
    {
        FeedProcess here = Lab.Start(TimeSpan.FromMinutes(1));
        using ActiveStep step = here.Begin("a");
        Task published = here.Feed.PublishAsync(new StopNotice("a", StopReason.Requested), Token);
        Assert.Equal(StopReason.Requested, step.Reason);
        await published;
    }

    [Fact]
    public async Task Nothing_is_read_while_no_step_runs()
    {
        FeedProcess process = Lab.Start(Interval);
        await Task.Delay(5 * Interval, Token);
        Assert.Equal(0, process.Reads);
        process.Begin("a").Dispose();
        using (process.Begin("b"))
            await FeedLab.UntilAsync(() => process.Reads >= 3);
        await Task.Delay(3 * Interval, Token);
        int reads = process.Reads;
        await Task.Delay(10 * Interval, Token);
        Assert.Equal(reads, process.Reads);
        using (process.Begin("c"))
            await FeedLab.UntilAsync(() => process.Reads > reads);
    }

    [Fact]
    public async Task Many_steps_are_one_read_an_interval_also_when_they_come_and_go()
    {
        FeedProcess process = Lab.Start(Interval);
        long start = Stopwatch.GetTimestamp();
        ActiveStep[] steps = [.. Enumerable.Range(0, 50).Select(number => process.Begin($"run {number}"))];
        await FeedLab.UntilAsync(() => process.Reads >= 5);
        foreach (ActiveStep step in steps)
            step.Dispose();
        while (process.Reads < 10)
        {
            // Long enough to be met by the reader now and then.
            using (process.Begin("short"))
                await Task.Delay(Interval / 5, Token);
        }

        Assert.InRange(process.Reads, 10, 1 + (Stopwatch.GetElapsedTime(start) / Interval));
    }

    [Fact]
    public async Task A_table_that_is_deleted_meanwhile_is_made_again()
    {
        FeedProcess here = Lab.Start(Interval);
        FeedProcess there = Lab.Start(Interval);
        using ActiveStep step = there.Begin("a");
        await FeedLab.UntilAsync(() => there.Reads >= 2);
        await Lab.Table.DeleteAsync(Token);
        await here.Feed.PublishAsync(new StopNotice("a", StopReason.Requested), Token);
        await FeedLab.UntilAsync(() => step.Token.IsCancellationRequested);
        Assert.Empty(there.Log.Entries);
    }

    [Fact]
    public async Task An_outage_of_the_storage_is_logged_once_and_outlived()
    {
        Azurite first = await Azurite.StartAsync();
        using FeedLab lab = new(first.ConnectionString);
        FeedProcess here = lab.Start(Interval);
        FeedProcess there = lab.Start(Interval);
        using ActiveStep step = there.Begin("a");
        using ActiveStep own = here.Begin("b");
        await FeedLab.UntilAsync(() => there.Reads >= 2);
        first.Dispose();
        for (int number = 0; number < 2; number++)
            await Assert.ThrowsAnyAsync<Exception>(() => here.Feed.PublishAsync(new StopNotice("b", StopReason.Requested), Token));
        await here.Feed.TryPublishAsync(new StopNotice("b", StopReason.Requested), Token);
        Assert.Equal(StopReason.Requested, own.Reason);
        int reads = there.Reads;
        await FeedLab.UntilAsync(() => there.Reads >= reads + 2);

        using Azurite second = await Azurite.StartInPlaceOfAsync(first);
        await here.Feed.PublishAsync(new StopNotice("a", StopReason.Requested), Token);
        await FeedLab.UntilAsync(() => step.Token.IsCancellationRequested);
        await FeedLab.UntilAsync(() => there.Log.Entries.Count == 2);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], there.Log.Entries.Select(entry => entry.Level));
        Assert.Single(here.Log.Entries, entry => entry.Message.Contains("cannot be written", StringComparison.Ordinal));
        Assert.Single(here.Log.Entries, entry => entry.Message.Contains("written again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_notices_are_removed_by_a_process_that_reads()
    {
        ShiftedClock clock = new(TimeSpan.Zero);
        FeedProcess process = Lab.Start(Interval, clock);
        using ActiveStep step = process.Begin("a");
        await process.Feed.PublishAsync(new StopNotice("new", StopReason.Requested), Token);
        await Lab.AddAsync(StopLog.Retention + TimeSpan.FromMinutes(1), "old");
        clock.Shift = TimeSpan.FromMinutes(6);
        await FeedLab.UntilAsync(() => Lab.Table.Query<TableEntity>(cancellationToken: Token).Count() == 1);
    }
}
