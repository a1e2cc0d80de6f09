using System.Globalization;
using Preempt.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Preempt.Cli.Watching;

/// <summary>What a person sees of a watch: the gates, and the runs with their progress.</summary>
internal static class WatchView
{
    private const int BarWidth = 16;
    private const int MaxSlots = 10;
    private const int LongestKey = 24;
    private const int LongestMessage = 30;

    /// <summary>A terminal that is narrower shows the end of run ids only.</summary>
    private const int WidthForIds = 150;

    /// <param name="watcher">What was seen.</param>
    /// <param name="now">The time.</param>
    /// <param name="note">What is to be said beside it.</param>
    /// <param name="screen">How much room there is.</param>
    public static IRenderable Render(Watcher watcher, DateTimeOffset now, string note, Profile screen)
    {
        List<IRenderable> parts = [];
        parts.Add(RenderCounts(watcher));
        if (watcher.Gates.Count > 0)
            parts.Add(RenderGates(watcher.Gates));
        int room = Math.Max(3, screen.Height - watcher.Gates.Count - 9);
        Run[] active = [.. watcher.Runs.Active.OrderByDescending(run => run.Status).ThenBy(run => run.QueuedAt)];
        Run[] ended = [.. watcher.Runs.All.Where(run => run.Status.IsTerminal()).Reverse()];
        Run[] shown = [.. active.Concat(ended).Take(room)];
        parts.Add(shown.Length > 0 ? RenderRuns(shown, now, screen.Width >= WidthForIds) : new Text("No runs."));
        int moreActive = watcher.ActiveCount - shown.Count(run => !run.Status.IsTerminal());
        int moreEnded = ended.Length - shown.Count(run => run.Status.IsTerminal());
        string[] more = [.. new[] { Describe(moreActive, "that have not ended"), Describe(moreEnded, "that have ended") }.OfType<string>()];
        parts.Add(new Text(more.Length > 0 ? $"{string.Join(", ", more)} more. {note}" : note, new Style(Color.Grey)));
        return new Rows(parts);

        static string? Describe(int count, string what) => count > 0 ? $"{count} {what}" : null;
    }

    /// <summary>How many runs have not ended, by status: all of them, also those for which there is no room.</summary>
    private static Text RenderCounts(Watcher watcher)
    {
        IEnumerable<string> counts = watcher.Counts.Where(count => count.Value > 0).OrderByDescending(count => count.Key)
            .Select(count => $"{count.Value} {count.Key}");
        string text = string.Join(", ", counts);
        return new Text(text.Length > 0 ? text : "Nothing runs or waits.", new Style(decoration: Decoration.Bold));
    }

    private static Table RenderGates(IReadOnlyList<Gate> gates)
    {
        Table table = new Table().Border(TableBorder.None).AddColumns(
            Column("GATE"), Column("RUNNING"), Column("WAITING"), Column("STRATEGY"));
        foreach (Gate gate in gates)
        {
            int slots = gate.MaxTotal is > 0 and < 1000 ? gate.MaxTotal.Value : gate.MaxRuns;
            string blocks = slots <= MaxSlots
                ? new string('■', gate.Holders.Length) + new string('□', Math.Max(0, slots - gate.Holders.Length))
                : string.Create(CultureInfo.InvariantCulture, $"{gate.Holders.Length}/{slots}");
            table.AddRow(
                Cell($"{gate.Workflow} {SafeText.Of(gate.Key, LongestKey)}"),
                Cell(gate.HasSlots ? blocks : "", Color.Blue),
                Cell($"{gate.Waiters.Length}"),
                Cell(gate.RuleInWords));
        }

        return table;
    }

    private static Table RenderRuns(IEnumerable<Run> runs, DateTimeOffset now, bool isWide)
    {
        Table table = new Table().Border(TableBorder.None).AddColumns(
            Column("STATUS"), Column("KEY"), Column("PROGRESS"), Column("TIME"), Column("RUN"));
        foreach (Run run in runs)
        {
            table.AddRow(
                Cell(run.Stop is { } stop ? $"{run.Status} ({stop.Reason})" : run.Status.ToString(), RunColors.Of(run.Status)),
                Cell(SafeText.Of(run.Key, LongestKey)),
                Cell(Progress(run), RunColors.Of(run.Status)),
                Cell(Times.Of(RunView.Age(run, now))),
                Cell(isWide ? run.Id : ShortId(run)));
        }

        return table;
    }

    /// <summary>The workflow, and what tells its runs apart.</summary>
    private static string ShortId(Run run)
    {
        const int Tail = 8;
        return run.Id.Length <= run.Workflow.Length + Tail ? run.Id : $"{run.Workflow}…{run.Id[^Tail..]}";
    }

    private static string Progress(Run run) => run.Progress is not { } progress
        ? ""
        : $"{Times.Bar(progress.Fraction, BarWidth)} {Times.Percent(progress.Fraction)} {SafeText.Of(progress.Message, LongestMessage)}";

    private static TableColumn Column(string name) =>
        new TableColumn(new Text(name, new Style(Color.Grey))).NoWrap().PadLeft(0).PadRight(2);

    private static Text Cell(string? text, Color? color = null) =>
        new Text(SafeText.Of(text), color is { } known ? new Style(known) : Style.Plain).Overflow(Overflow.Ellipsis);
}
