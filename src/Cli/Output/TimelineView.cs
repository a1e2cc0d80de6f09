using System.Globalization;
using Spectre.Console;

namespace Preempt.Cli.Output;

/// <summary>Draws a <see cref="Timeline"/>: a bar for each row in a terminal; elsewhere a line of cells for each, for programs.</summary>
internal static class TimelineView
{
    private const int Width = 48;
    private const int MaxName = 28;

    public static void Write(Screen screen, Run run, DateTimeOffset now)
    {
        Timeline timeline = Timeline.Of(run, now);
        if (!screen.IsTerminal)
        {
            foreach (TimelineRow row in timeline.Rows)
            {
                string attempt = row.Attempt?.ToString(CultureInfo.InvariantCulture) ?? "";
                screen.WriteRow(row.Name, attempt, row.Status ?? "", Times.Of(row.From), Times.Of(row.To), Times.Of(Length(row)), row.Note);
            }

            return;
        }

        int names = Math.Min(MaxName, timeline.Rows.Max(row => Name(row).Length));
        screen.WriteLine(new Piece(run.Id), "  ", RunView.Summary(run));
        string begin = Times.Clock(timeline.From);
        string end = run.EndedAt is null ? "now" : Times.Clock(timeline.To);
        screen.WriteLine(new string(' ', names + 2), new Piece($"{begin}{end.PadLeft(Width - begin.Length)}", Color.Grey));
        foreach (TimelineRow row in timeline.Rows)
        {
            Color? color = row.RunStatus is { } ofRun ? RunColors.Of(ofRun) : row.StepStatus is { } ofStep ? RunColors.Of(ofStep) : Color.Grey;
            string name = SafeText.Of(Name(row), names - 1);
            screen.WriteLine(
                name.PadRight(names + 2),
                new Piece(Bar(timeline, row, Width), color),
                $" {Times.Of(Length(row)),8} ",
                new Piece(row.Status ?? "", color),
                new Piece(row.Note.Length > 0 ? $"  {row.Note}" : "", Color.Grey));
        }

        if (timeline.StopAt is { } stop)
            screen.WriteLine(new string(' ', names + 2), new Piece($"│ asked to stop at {Times.Clock(stop)}; ▒ after that", Color.Grey));
    }

    /// <summary>A row's bar: solid before the stop, lighter after it; a line where the stop was asked for.</summary>
    public static string Bar(Timeline timeline, TimelineRow row, int width)
    {
        int from = Cell(row.From);
        int to = Math.Max(from, (int)Math.Ceiling(Place(row.To)) - 1);
        int stop = timeline.StopAt is { } at ? Cell(at) : width;
        return string.Create(width, (from, to, stop, IsWait: row.Attempt is null && row.Status is null), static (bar, cells) =>
        {
            for (int i = 0; i < bar.Length; i++)
            {
                bar[i] = i < cells.from || i > cells.to
                    ? i == cells.stop ? '│' : ' '
                    : cells.IsWait ? '░' : i > cells.stop ? '▒' : '█';
            }
        });

        int Cell(DateTimeOffset time) => Math.Min((int)Place(time), width - 1);

        double Place(DateTimeOffset time) => Math.Clamp((time - timeline.From) / (timeline.To - timeline.From) * width, 0, width);
    }

    private static string Name(TimelineRow row) => row.Attempt > 1 ? $"{row.Name}, attempt {row.Attempt}" : row.Name;

    private static TimeSpan Length(TimelineRow row) => row.To > row.From ? row.To - row.From : TimeSpan.Zero;
}
