using System.Collections.Immutable;
using CsCheck;

namespace Preempt.Tests.Client;

public sealed class NewestRunsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Run At(RunPosition position) => new()
    {
        Id = position.InstanceId,
        Workflow = "w",
        Version = "1",
        Status = RunStatus.Queued,
        Attempt = 0,
        FencingTokens = [],
        QueuedAt = position.CreatedAt,
        Metadata = ImmutableDictionary<string, string>.Empty,
        Steps = [],
    };

    [Fact]
    public void Pages_of_any_sizes_give_every_run_once_and_the_newest_first() =>
        Gen.Select(Gen.Int[0, 20].List[0, 60], Gen.Int[1, 10], Gen.Int[0, 3]).Sample((seconds, limit, megabytes) =>
        {
            List<RunPosition> all = [.. seconds.Select((second, index) => new RunPosition(Start.AddSeconds(second), $"run-{index:d3}"))];
            List<string> read = [];
            RunPosition? end = null;
            do
            {
                NewestRuns newest = new(limit, end);
                foreach (RunPosition position in all)
                    newest.Add(position, At(position), megabytes * 1024 * 1024);
                (IReadOnlyList<Run> runs, end) = newest.ToPage();
                Assert.True(runs.Count <= limit && (runs.Count > 0 || end is null));
                read.AddRange(runs.Select(run => run.Id));
            }
            while (end is not null);
            Assert.Equal(all.OrderByDescending(position => position).Select(position => position.InstanceId), read);
        });

    [Fact]
    public void A_page_holds_four_megabytes_or_one_run()
    {
        NewestRuns newest = new(100, null);
        for (int i = 0; i < 10; i++)
            newest.Add(new RunPosition(Start.AddSeconds(i), $"run-{i}"), At(new RunPosition(Start.AddSeconds(i), $"run-{i}")), 3 * 1024 * 1024);

        (IReadOnlyList<Run> runs, RunPosition? end) = newest.ToPage();

        Assert.Equal("run-9", Assert.Single(runs).Id);
        Assert.Equal("run-9", end?.InstanceId);
    }

    [Fact]
    public void A_cursor_comes_back_as_the_place_that_it_was()
    {
        RunFilter filter = new() { Workflow = "w", Metadata = ImmutableDictionary<string, string>.Empty.Add("b", "2").Add("a", "1") };
        RunFilter same = filter with { Metadata = ImmutableDictionary<string, string>.Empty.Add("a", "1").Add("b", "2") };
        RunPosition place = new(Start.AddTicks(7), "w:-:x y");

        Assert.Equal(place, RunPosition.FromCursor(place.ToCursor(filter), same));
        Assert.Throws<InvalidRunException>(() => RunPosition.FromCursor(place.ToCursor(filter), filter with { Key = "k" }));
    }
}
