using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Preempt.EndToEnd.Hosting;
using Preempt.Tests.Shared;

namespace Preempt.Cli.Tests;

public sealed partial class WatchTests(AppUnderTest app) : CliTests(app)
{
    [Fact]
    public async Task A_watch_of_runs_writes_a_line_for_each_change_and_ends_with_them()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            (context, count) => ScriptedServer.WriteAsync(context, count == 3 ? 503 : 200, RunAfter(count)));
        using CliProcess cli = new(server.Address);
        CliResult result = (await cli.RunAsync("watch", "a", "--interval", "100ms")).Expect(ExitCode.RunFailed);
        Assert.All(result.Lines, line => Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3}\t", line));
        Assert.Equal(
            ["Running\t\ta", "Running\t40% thinking\ta", "Stopping (Requested)\t40% thinking\ta", "Cancelled (Requested)\t40% thinking\ta"],
            result.Lines.Select(line => line.Split('\t', 2)[1]));
    }

    /// <summary>A run's life as it is seen from one question to the next; nothing of it changes twice in the middle.</summary>
    private static string RunAfter(int questions)
    {
        string status = questions switch { <= 5 => "Running", 6 => "Stopping", _ => "Cancelled" };
        string progress = questions > 1 ? ""","progress":{"fraction":0.4,"message":"thinking"}""" : "";
        string stop = questions > 5 ? ""","stop":{"reason":"Requested","requestedAt":"2026-01-01T00:00:00Z","forced":false}""" : "";
        return $$"""{"id":"a","workflow":"w","version":"1","status":"{{status}}","queuedAt":"2026-01-01T00:00:00Z"{{progress}}{{stop}}}""";
    }

    [Fact]
    public async Task A_watch_of_a_real_run_ends_with_it()
    {
        string id = (await Cli.RunAsync("start", "lab-plain", "--input", Input(0.5))).Expect(ExitCode.Done).Output.Trim();
        string last = (await Cli.RunAsync("watch", id, "--interval", "100ms")).Expect(ExitCode.Done).Lines[^1];
        Assert.Contains("\tSucceeded\t", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_of_nothing_in_particular_ends_well_when_it_is_interrupted()
    {
        TaskCompletionSource asked = new();
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, count) =>
        {
            if (count > 2)
                asked.TrySetResult();
            return ScriptedServer.WriteAsync(context, 200, """{"items":[],"cursor":null}""");
        });
        using CliProcess cli = new(server.Address);
        (await cli.InterruptAsync(["watch", "--interval", "100ms"], () => asked.Task)).Expect(ExitCode.Done);
    }

    [Fact]
    public async Task A_watch_with_json_writes_a_run_in_each_line()
    {
        string id = await StartShortAsync();
        CliResult result = (await Cli.RunAsync("watch", id, "--json")).Expect(ExitCode.Done);
        using JsonDocument run = JsonDocument.Parse(Assert.Single(result.Lines));
        Assert.Equal("Succeeded", run.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_watch_that_is_over_before_its_runs_says_that_they_go_on()
    {
        string id = await StartLongAsync("lab-plain");
        (await Cli.RunAsync("watch", id, "--for", "500ms")).Expect(ExitCode.StillRunning);
        (await Cli.RunAsync("watch", id, "--interval", "1ms")).Expect(ExitCode.Invalid);
    }

    [Fact]
    public async Task A_watch_in_a_terminal_draws_gates_and_bars_in_colour_and_restores_the_cursor()
    {
        string output = await WatchInTerminalAsync();
        Assert.Matches(ColorCode(), output);
        Assert.Contains("■□", output, StringComparison.Ordinal);
        Assert.Contains("█", output, StringComparison.Ordinal);
        Assert.Contains("Cancelled", output, StringComparison.Ordinal);
        int hidden = output.LastIndexOf("\u001b[?25l", StringComparison.Ordinal);
        Assert.True(output.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > hidden, output);
    }

    [Fact]
    public async Task A_watch_counts_all_runs_that_have_not_ended_also_those_for_which_there_is_no_room()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script, which makes pseudo-terminals, is not installed.");
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.WriteAsync(context, 200, Crowd(context.Request)));
        using CliProcess cli = new(server.Address);
        const string ControlC = "\u0003";
        CliResult watched = await cli.RunInTerminalAsync(
            ["watch", "--interval", "100ms"], drawn => MoreActive().IsMatch(drawn), static () => Task.CompletedTask, ControlC);
        string output = watched.Expect(ExitCode.Done).Output;
        Assert.Contains("2 Running, 9000 Queued", output, StringComparison.Ordinal);
        Match more = MoreActive().Match(output);
        Assert.True(more.Success, output);
        // What is drawn and what is said to be more make the sum.
        string picture = output[..more.Index];
        int shown = RunRow().Count(picture[picture.LastIndexOf("STATUS", StringComparison.Ordinal)..]);
        Assert.Equal(9002, shown + int.Parse(more.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Contains("run-at-work-1", output, StringComparison.Ordinal);
    }

    /// <summary>An app with two runs at work and nine thousand in line.</summary>
    private static string Crowd(HttpRequest request)
    {
        if (request.Path.Value!.EndsWith("/statistics", StringComparison.Ordinal))
            return """{"runs":9002,"isComplete":true,"statuses":[{"status":"Queued","runs":9000},{"status":"Running","runs":2}],"buckets":[],"queueTime":null,"stopTime":null,"keys":[]}""";
        string status = request.Query["status"].ToString();
        bool areWaiting = status.Contains("Queued", StringComparison.Ordinal);
        int count = areWaiting ? 100 : status.Length > 0 ? 2 : 0;
        string kind = areWaiting ? "in-line" : "at-work";
        IEnumerable<string> runs = Enumerable.Range(1, count).Select(number =>
            $$"""{"id":"run-{{kind}}-{{number}}","workflow":"w","version":"1","status":"{{(areWaiting ? "Queued" : "Running")}}","queuedAt":"2026-01-01T00:00:00Z"}""");
        return $$"""{"items":[{{string.Join(',', runs)}}],"cursor":{{(areWaiting ? "\"more\"" : "null")}}}""";
    }

    [GeneratedRegex("([0-9]+) that have not ended more")]
    private static partial Regex MoreActive();

    [GeneratedRegex("run-(at-work|in-line)-[0-9]+")]
    private static partial Regex RunRow();

    [Fact]
    public async Task A_watch_in_a_terminal_has_no_colours_when_none_are_wanted()
    {
        Cli.With("NO_COLOR", "1");
        Assert.DoesNotMatch(ColorCode(), await WatchInTerminalAsync());
    }

    private async Task<string> WatchInTerminalAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script, which makes pseudo-terminals, is not installed.");
        string id = await StartLongAsync("lab-queue");
        CliResult watched = await Cli.RunInTerminalAsync(
            ["watch", id, "--interval", "100ms"],
            output => output.Contains("■□", StringComparison.Ordinal) && output.Contains('█', StringComparison.Ordinal),
            async () => (await Cli.RunAsync("cancel", id, "--yes")).Expect(ExitCode.Done));
        return watched.Expect(ExitCode.RunFailed).Output;
    }

    [GeneratedRegex(@"\x1b\[(\d+;)*(3[0-7]|38;[0-9;]+|9[0-7])m")]
    private static partial Regex ColorCode();
}
