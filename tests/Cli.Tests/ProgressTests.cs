using System.Text.RegularExpressions;
using Preempt.Cli.Commands;
using Preempt.EndToEnd.Hosting;
using Preempt.Tests.Shared;

namespace Preempt.Cli.Tests;

/// <summary>What a person sees while the tool waits, and when they end the wait.</summary>
public sealed class ProgressTests(AppUnderTest app) : CliTests(app)
{
    private const string Id = "_operation:one";

    [Fact]
    public async Task A_bulk_operation_has_a_bar_in_a_terminal_and_its_numbers_make_the_total()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script, which makes pseudo-terminals, is not installed.");
        Regex halfway = new(@"5 of 10 runs, 2 failed \(It has ended\.\), [\d.]+/s, \S+ left");
        TaskCompletionSource seen = new();
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            (context, count) => ScriptedServer.WriteAsync(context, 200, Operation(seen.Task.IsCompleted ? 10 : Math.Min(count, 5), failed: 2)));
        using CliProcess cli = new(server.Address);
        CliResult result = await cli.RunInTerminalAsync(["operation", Id, "--wait"], halfway.IsMatch, () =>
        {
            seen.SetResult();
            return Task.CompletedTask;
        });
        result.Expect(ExitCode.Partly);
        Assert.Contains("━", result.Output, StringComparison.Ordinal);
        Assert.Contains("bulk-cancel Succeeded: 7 of 10 runs done, 1 needed nothing, 2 failed", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operation", Id, "--wait")]
    [InlineData("cancel", "--workflow", "w", "--yes")]
    public async Task An_operation_that_is_interrupted_goes_on_and_can_be_found_and_stopped(params string[] arguments)
    {
        TaskCompletionSource asked = new();
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, count) =>
        {
            if (count > 2)
                asked.TrySetResult();
            return ScriptedServer.WriteAsync(context, 200, Operation(4, failed: 2));
        });
        using CliProcess cli = new(server.Address);
        CliResult result = (await cli.InterruptAsync(arguments, () => asked.Task)).Expect(ExitCode.Interrupted);
        Assert.Equal(
            $"Interrupted. Operation {Id} goes on; it had 1 of 10 runs done, 1 needed nothing, 2 failed, 6 to do.\n"
            + $"Look at it: preempt operation {Id}\nStop it:    preempt operation {Id} --stop\n",
            result.Error);
    }

    [Fact]
    public async Task An_operation_is_stopped_and_says_what_it_leaves_alone()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, Operation(4, failed: 2, status: "Stopped"));
        using CliProcess cli = new(server.Address);
        CliResult result = (await cli.RunAsync("operation", Id, "--stop")).Expect(ExitCode.Done);
        Assert.StartsWith("bulk-cancel Stopped: 1 of 10 runs done, 1 needed nothing, 2 failed, 6 left alone\n", result.Output, StringComparison.Ordinal);
        SeenRequest request = Assert.Single(server.Requests);
        Assert.Equal(("POST", $"/api/operations/{Uri.EscapeDataString(Id)}/stop"), (request.Method, request.Path.Replace(":", "%3A", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_operation_of_the_app_is_listed_and_one_that_has_ended_cannot_be_stopped()
    {
        CliResult counted = (await Cli.RunAsync("cancel", "--workflow", "lab-plain", "--key", Group, "--dry-run", "--json")).Expect(ExitCode.Done);
        string id = counted.Json().GetProperty("id").GetString()!;
        string[] lines = (await Cli.RunAsync("operations")).Expect(ExitCode.Done).Lines;
        Assert.Contains(lines, line => line.StartsWith("Succeeded\tbulk-cancel, dry\t", StringComparison.Ordinal) && line.EndsWith($"\t{id}", StringComparison.Ordinal));
        (await Cli.RunAsync("operation", id, "--stop")).Expect(ExitCode.Conflict);
        (await Cli.RunAsync("operation", "no-such-operation", "--stop")).Expect(ExitCode.NotFound);
    }

    [Fact]
    public async Task A_wait_for_a_run_has_a_bar_of_its_progress_in_a_terminal()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script, which makes pseudo-terminals, is not installed.");
        Regex atWork = new("40%.*Running 40% for .*, step think, attempt 2 half");
        TaskCompletionSource seen = new();
        await using ScriptedServer server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            bool isWait = context.Request.Query.ContainsKey("wait");
            if (isWait)
                await seen.Task;
            await ScriptedServer.WriteAsync(context, 200, RunAt(isWait ? "Succeeded" : "Running"));
        });
        using CliProcess cli = new(server.Address);
        CliResult result = await cli.RunInTerminalAsync(["get", "some-run", "--wait"], atWork.IsMatch, () =>
        {
            seen.SetResult();
            return Task.CompletedTask;
        });
        Assert.Contains("Succeeded", result.Expect(ExitCode.Done).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_is_of_what_was_done_since_the_tool_looks()
    {
        StillTime time = new();
        OperationRate rate = new(time, Read(done: 100, total: 1000));
        time.Now += TimeSpan.FromSeconds(4);
        Assert.Equal("300 of 1000 runs, 50/s, 14s left", rate.Describe(Read(done: 300, total: 1000)));
        Assert.Equal("counting the runs", rate.Describe(Read(done: 0, total: 0)));
    }

    private static Operation Read(int done, int total) => new()
    {
        Id = Id,
        Kind = BulkKind.Cancel,
        Status = OperationStatus.Running,
        Total = total,
        Done = done,
        Failed = 0,
        StartedAt = DateTimeOffset.UnixEpoch,
    };

    private static string Operation(int seen, int failed, string? status = null) => $$"""
        {"id":"{{Id}}","kind":"bulk-cancel","status":"{{status ?? (seen == 10 ? "Succeeded" : "Running")}}","total":10,"done":{{seen - failed - 1}},"nothingToDo":1,
        "failed":{{failed}},"startedAt":"2026-01-01T00:00:00Z","failures":[{"runId":"a","detail":"It has ended."}]}
        """;

    private static string RunAt(string status) => $$"""
        {"id":"some-run","workflow":"w","version":"1","status":"{{status}}","queuedAt":"2026-01-01T00:00:00Z","startedAt":"2026-01-01T00:00:00Z",
        "progress":{"fraction":0.4,"message":"half"},
        "steps":[{"number":1,"name":"think","status":"Running","attempt":2,"startedAt":"2026-01-01T00:00:00Z"}]}
        """;

    private sealed class StillTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
