using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Preempt.Tests.Shared;

namespace Preempt.Tests.Cancellation;

/// <summary>Progress that one process's steps report and another reads, over one real table.</summary>
public sealed class ProgressAcrossProcessesTests(AzuriteFixture azurite) : FeedFacts(azurite)
{
    [Fact]
    public async Task What_a_step_says_in_one_process_is_read_in_another()
    {
        using ProgressProcess here = Lab.StartProgress();
        ProgressProcess there = Lab.StartProgress();
        using ActiveStep step = there.Begin("a", fraction: 0.25, message: "a quarter");

        Assert.Equal(new RunProgress(0.25, "a quarter"), await there.ReadAsync(AtWork("a", 1)));
        await FeedLab.UntilAsync(async () => await here.ReadAsync(AtWork("a", 1)) == new RunProgress(0.25, "a quarter"));
        step.Report(new RunProgress(0.5));
        await FeedLab.UntilAsync(async () => await here.ReadAsync(AtWork("a", 1)) == new RunProgress(0.5));
    }

    [Fact]
    public async Task The_latest_of_several_steps_counts_wherever_they_run()
    {
        ProgressProcess one = Lab.StartProgress();
        ProgressProcess two = Lab.StartProgress();
        Run run = AtWork("a", 1, 2, 3);
        using ActiveStep first = one.Begin("a", 1, fraction: 0.1);
        using ActiveStep second = two.Begin("a", 2, fraction: 0.2);
        using ActiveStep silent = two.Begin("a", 3);

        await FeedLab.UntilAsync(async () => await one.ReadAsync(run) == new RunProgress(0.2) && await two.ReadAsync(run) == new RunProgress(0.2));
    }

    [Fact]
    public async Task A_list_has_the_progress_of_each_of_its_runs()
    {
        ProgressProcess here = Lab.StartProgress();
        ProgressProcess there = Lab.StartProgress();
        string[] ids = [.. Enumerable.Range(0, 150).Select(number => $"run:{number}")];
        ActiveStep[] steps = [.. ids.Select((id, number) => there.Begin(id, fraction: number / 1000.0))];
        Run[] runs = [.. ids.Select(id => AtWork(id, 1)), AtWork("silent", 1), AtWork("ended", 1) with { Status = RunStatus.Succeeded }];
        RunProgress?[] expected = [.. ids.Select((_, number) => new RunProgress(number / 1000.0)), null, null];

        await FeedLab.UntilAsync(async () => (await here.ReadAllAsync(runs)).SequenceEqual(expected));
        Array.ForEach(steps, step => step.Dispose());
    }

    [Fact]
    public async Task Nothing_is_left_of_steps_that_have_ended()
    {
        ProgressProcess process = Lab.StartProgress();
        ActiveStep[] steps = [.. Enumerable.Range(0, 120).Select(number => process.Begin($"run {number}", fraction: 0.5))];
        await FeedLab.UntilAsync(async () => await CountRowsAsync() == 120);
        // One that somebody else has removed does not keep the others.
        TableEntity gone = await Lab.Table.QueryAsync<TableEntity>(cancellationToken: Token).FirstAsync(Token);
        await Lab.Table.DeleteEntityAsync(gone.PartitionKey, gone.RowKey, cancellationToken: Token);
        Array.ForEach(steps, step => step.Dispose());
        await FeedLab.UntilAsync(async () => await CountRowsAsync() == 0);
        Assert.Empty(process.Log.Entries);
    }

    [Fact]
    public async Task A_row_that_a_dead_process_left_says_nothing_of_a_later_attempt()
    {
        ProgressProcess here = Lab.StartProgress();
        ProgressProcess dead = Lab.StartProgress();
        dead.Begin("a", 1, attempt: 1, fraction: 0.9);
        await FeedLab.UntilAsync(async () => await here.ReadAsync(AtWork("a", 1)) == new RunProgress(0.9));

        Run second = AtWork("a", 1) with { Steps = [new RunStep(1, "step", StepStatus.Running, Attempt: 2, default)] };
        Assert.Null(await here.ReadAsync(second));
        using ActiveStep anew = dead.Begin("a", 1, attempt: 2, fraction: 0.1);
        await FeedLab.UntilAsync(async () => await here.ReadAsync(second) == new RunProgress(0.1));
    }

    [Fact]
    public async Task Old_rows_are_removed_by_a_process_that_writes()
    {
        ShiftedClock clock = new(TimeSpan.Zero);
        ProgressProcess process = Lab.StartProgress(clock);
        using ActiveStep step = process.Begin("new", fraction: 0.1);
        await FeedLab.UntilAsync(async () => await CountRowsAsync() == 1);
        TableEntity row = await Lab.Table.QueryAsync<TableEntity>(cancellationToken: Token).SingleAsync(Token);
        row.RowKey = "old";
        row["At"] = DateTimeOffset.UtcNow - ProgressTable.Retention - TimeSpan.FromHours(1);
        await Lab.Table.AddEntityAsync(row, Token);
        clock.Shift = TimeSpan.FromHours(2);
        step.Report(new RunProgress(0.2));
        await FeedLab.UntilAsync(async () => await CountRowsAsync() == 1);
        Assert.Equal(new RunProgress(0.2), await Lab.StartProgress().ReadAsync(AtWork("new", 1)));
    }

    [Fact]
    public async Task An_outage_of_the_storage_is_logged_once_and_outlived()
    {
        Azurite first = await Azurite.StartAsync();
        using FeedLab lab = new(first.ConnectionString);
        ProgressProcess here = lab.StartProgress();
        ProgressProcess there = lab.StartProgress();
        using ActiveStep step = there.Begin("a", fraction: 0.1);
        await FeedLab.UntilAsync(async () => await here.ReadAsync(AtWork("a", 1)) is not null);
        first.Dispose();
        step.Report(new RunProgress(0.2));
        await FeedLab.UntilAsync(() => there.Log.Entries.Count == 1);
        Assert.Null(await here.ReadAsync(AtWork("a", 1)));
        Assert.Equal(new RunProgress(0.2), await there.ReadAsync(AtWork("a", 1)));

        using Azurite second = await Azurite.StartInPlaceOfAsync(first);
        await FeedLab.UntilAsync(async () => await here.ReadAsync(AtWork("a", 1)) == new RunProgress(0.2));
        await FeedLab.UntilAsync(() => there.Log.Entries.Count == 2);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], there.Log.Entries.Select(entry => entry.Level));
    }

    private static Run AtWork(string id, params IEnumerable<int> steps) => new()
    {
        Id = id,
        Workflow = "work",
        Version = "1",
        Status = RunStatus.Running,
        QueuedAt = default,
        Steps = [.. steps.Select(number => new RunStep(number, "step", StepStatus.Running, Attempt: 1, default))],
    };

    private async Task<int> CountRowsAsync()
    {
        await Lab.Table.CreateIfNotExistsAsync(Token);
        return await Lab.Table.QueryAsync<TableEntity>(cancellationToken: Token).CountAsync(Token);
    }
}
