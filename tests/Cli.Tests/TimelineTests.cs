using Preempt.Cli.Output;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

public sealed class TimelineTests(AppUnderTest app) : CliTests(app)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static Run Superseded => new()
    {
        Id = "a",
        Workflow = "w",
        Version = "1",
        Status = RunStatus.Cancelled,
        QueuedAt = At(0),
        StartedAt = At(2),
        EndedAt = At(10),
        Stop = new RunStop(StopReason.Superseded, At(8), Forced: false, SupersededBy: "b"),
        Steps =
        [
            new RunStep(1, "think", StepStatus.Cancelled, 2, At(5), At(9), StopReason.Superseded)
            {
                StopHeardAt = At(8.02),
                EarlierAttempts = [new StepAttempt(1, StepStatus.Failed, At(2), At(4))],
            },
        ],
    };

    [Fact]
    public void A_run_is_drawn_with_its_wait_its_attempts_and_its_stop()
    {
        Timeline timeline = Timeline.Of(Superseded, At(100));
        Assert.Equal(
            [
                "░░░░            │   ",
                "    █████████████▒▒▒",
                "    ████        │   ",
                "          ███████▒  ",
            ],
            timeline.Rows.Select(row => TimelineView.Bar(timeline, row, 20)));
        Assert.Equal("told to stop: Superseded, 20ms after it was asked for", timeline.Rows[^1].Note);
        Assert.Equal("asked to stop for the newer run b", timeline.Rows[1].Note);
    }

    [Fact]
    public void A_run_that_goes_on_is_drawn_until_now()
    {
        Run run = Superseded with { Status = RunStatus.Running, EndedAt = null, Stop = null, Steps = [new RunStep(1, "think", StepStatus.Running, 1, At(5))] };
        Timeline timeline = Timeline.Of(run, At(20));
        Assert.Equal(At(20), timeline.To);
        Assert.Equal("     ███████████████", TimelineView.Bar(timeline, timeline.Rows[^1], 20));
    }

    [Fact]
    public void A_run_that_ended_at_once_is_drawn_too()
    {
        Run run = Superseded with { QueuedAt = At(0), StartedAt = null, EndedAt = At(0), Stop = null, Steps = [] };
        Timeline timeline = Timeline.Of(run, At(20));
        Assert.Equal("░", TimelineView.Bar(timeline, Assert.Single(timeline.Rows), 20).Trim());
    }

    [Fact]
    public async Task The_timeline_of_a_real_run_has_its_attempts_in_rows_for_programs()
    {
        string input = $$"""{"group":"{{Group}}","retries":2,"steps":[{"seconds":0,"failTimes":2}]}""";
        string id = (await Cli.RunAsync("start", "lab-plain", "--input", input)).Expect(ExitCode.Done).Output.Trim();
        string[] lines = (await Cli.RunAsync("get", id, "--wait", "--timeline")).Expect(ExitCode.Done).Lines;
        Assert.Equal(
            [("waited", "", ""), ("ran", "", "Succeeded"), ("lab-work", "1", "Failed"), ("lab-work", "2", "Failed"), ("lab-work", "3", "Succeeded")],
            lines.Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1], cells[2])));
    }

    [Fact]
    public async Task The_timeline_is_drawn_in_a_terminal()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script, which makes pseudo-terminals, is not installed.");
        string id = await StartShortAsync();
        string output = (await Cli.RunInTerminalAsync("get", id, "--timeline")).Expect(ExitCode.Done).Output;
        Assert.Contains("░", output, StringComparison.Ordinal);
        Assert.Contains("█", output, StringComparison.Ordinal);
        Assert.Contains(id, output, StringComparison.Ordinal);
    }
}
