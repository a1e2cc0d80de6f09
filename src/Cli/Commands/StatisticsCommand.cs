using System.CommandLine;
using System.Globalization;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt stats</c>.</summary>
internal static class StatisticsCommand
{
    public static Command Create()
    {
        FilterOptions filter = new();
        Command command = new("stats", "Count runs by status, and show how long they waited and took to stop.");
        filter.AddTo(command);
        CliCall.Handle(command, async call =>
        {
            Write(call.Screen, await call.Client.GetStatisticsAsync(filter.Find(call), call.CancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(Screen screen, RunStatistics statistics)
    {
        if (screen.IsJson)
        {
            Screen.WriteJson(statistics);
            return;
        }

        foreach (StatusCount count in statistics.Statuses.OrderBy(count => count.Status))
            Write("", count.Status.ToString(), count.Runs.ToString(CultureInfo.InvariantCulture), RunColors.Of(count.Status));
        Write("", statistics.IsComplete ? "all" : "counted", statistics.Runs.ToString(CultureInfo.InvariantCulture));
        WriteTimes("waited", statistics.QueueTime);
        WriteTimes("stopped", statistics.StopTime);
        foreach (KeyCount key in statistics.Keys.Where(key => key.Key is not null))
            Write("key", key.Key!, $"{key.Runs} of {key.Workflow}, {key.Superseded} superseded");
        if (!statistics.IsComplete)
            screen.Warn("More runs match than were counted. Narrow the filter.");

        void Write(string group, string name, string value, Spectre.Console.Color? color = null) =>
            WriteCells(screen, new Piece(group), new Piece(name, color), new Piece(value));

        void WriteTimes(string group, Percentiles? times)
        {
            if (times is null)
                return;
            foreach ((string name, double seconds) in new[] { ("p50", times.P50), ("p90", times.P90), ("p99", times.P99) })
                Write(group, name, Times.Of(TimeSpan.FromSeconds(seconds)));
        }
    }

    private static void WriteCells(Screen screen, Piece group, Piece name, Piece value)
    {
        const int Width = 12;
        if (screen.IsTerminal)
            screen.WriteLine(Pad(group), Pad(name), value);
        else
            screen.WriteRow(group.Text, name.Text, value.Text);

        static Piece Pad(Piece piece) => piece with { Text = piece.Text.Length > Width ? $"{piece.Text[..(Width - 1)]}… " : piece.Text.PadRight(Width + 1) };
    }
}
