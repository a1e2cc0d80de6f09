using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.Tests.Shared;

namespace Preempt.Cli.Tests;

public sealed class RunCommandTests(AppUnderTest app) : CliTests(app)
{
    [Fact]
    public async Task Get_shows_a_run()
    {
        string id = await StartShortAsync("lab-queue");
        CliResult result = (await Cli.RunAsync("get", id)).Expect(ExitCode.Done);
        Assert.Equal($"id        {id}", result.Lines[0]);
        Assert.Contains($"key       {Group}", result.Lines);
        Assert.Equal(id, (await Cli.RunAsync("get", id, "--json")).Json().GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("get")]
    [InlineData("extend", "--by", "1m")]
    [InlineData("cancel")]
    [InlineData("delete")]
    [InlineData("event", "--run")]
    [InlineData("watch")]
    public async Task A_run_that_is_not_there_is_not_found(string command, params string[] options)
    {
        string[] arguments = command == "event" ? [command, "name", .. options, "no-such-run"] : [command, "no-such-run", .. options];
        CliResult result = (await Cli.RunAsync(arguments)).Expect(ExitCode.NotFound);
        Assert.Equal("error: There is no run with the id \"no-such-run\".\n", result.Error);
        JsonElement error = (await Cli.RunAsync([.. arguments, "--json"])).Expect(ExitCode.NotFound).ErrorJson();
        Assert.Equal(3, error.GetProperty("exitCode").GetInt32());
        Assert.Equal("urn:preempt:unknown-run", error.GetProperty("problem").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_wait_that_is_over_says_that_the_run_goes_on()
    {
        string id = await StartLongAsync("lab-plain");
        CliResult result = (await Cli.RunAsync("get", id, "--wait", "100ms", "--json")).Expect(ExitCode.StillRunning);
        Assert.Equal("Running", result.Json().GetProperty("status").GetString());
    }

    [Fact]
    public async Task Cancel_stops_a_run_with_its_reason()
    {
        string id = await StartLongAsync("lab-plain");
        (await Cli.RunAsync("cancel", id, "--reason", "not needed", "--grace", "5s", "--wait")).Expect(ExitCode.Done);
        JsonElement run = (await Cli.RunAsync("get", id, "--wait", "--json")).Expect(ExitCode.RunFailed).Json();
        Assert.Equal("not needed", run.GetProperty("stop").GetProperty("message").GetString());
        CliResult again = (await Cli.RunAsync("cancel", id)).Expect(ExitCode.Conflict);
        Assert.StartsWith("error: The run has ended: it is Cancelled.", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_works_is_left_alone_when_only_queued_ones_are_meant()
    {
        string id = await StartLongAsync("lab-plain");
        (await Cli.RunAsync("cancel", id, "--queued-only")).Expect(ExitCode.Conflict);
    }

    [Fact]
    public async Task Cancel_of_several_runs_wants_to_be_sure_and_tells_which_it_could_not()
    {
        string first = await StartLongAsync("lab-plain");
        string second = await StartLongAsync("lab-plain");
        CliResult unsure = (await Cli.RunAsync("cancel", first, second)).Expect(ExitCode.Invalid);
        Assert.Contains("add --yes", unsure.Error, StringComparison.Ordinal);
        string[] arguments = ["cancel", first, "no-such-run", second, "--yes", "--wait", "--json"];
        CliResult partly = (await Cli.RunAsync(arguments)).Expect(ExitCode.Partly);
        Assert.Equal([first, second], partly.Json().EnumerateArray().Select(run => run.GetProperty("id").GetString()));
        Assert.StartsWith("no-such-run: ", partly.ErrorJson().GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_wants_to_know_which_runs()
    {
        (await Cli.RunAsync("cancel")).Expect(ExitCode.Invalid);
        (await Cli.RunAsync("cancel", "a", "--workflow", "lab-plain")).Expect(ExitCode.Invalid);
        CliResult unsure = (await Cli.RunAsync("cancel", "--workflow", "lab-plain")).Expect(ExitCode.Invalid);
        Assert.Contains("add --yes, or --dry-run", unsure.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extend_gives_a_run_more_time()
    {
        string id = await StartLongAsync("lab-plain");
        Assert.Equal("It has 1m more.\n", (await Cli.RunAsync("extend", id, "--by", "60s")).Expect(ExitCode.Done).Output);
        (await Cli.RunAsync("cancel", id, "--wait")).Expect(ExitCode.Done);
        (await Cli.RunAsync("extend", id, "--by", "60s")).Expect(ExitCode.Conflict);
        (await Cli.RunAsync("extend", id, "--by", "60")).Expect(ExitCode.Invalid);
        (await Cli.RunAsync("extend", id)).Expect(ExitCode.Invalid);
    }

    [Fact]
    public async Task Delete_removes_a_run_that_has_ended()
    {
        string id = await StartLongAsync("lab-plain");
        (await Cli.RunAsync("delete", id)).Expect(ExitCode.Conflict);
        (await Cli.RunAsync("cancel", id, "--wait")).Expect(ExitCode.Done);
        Assert.Equal($"{id}: deleted\n", (await Cli.RunAsync("delete", id)).Expect(ExitCode.Done).Output);
        (await Cli.RunAsync("get", id)).Expect(ExitCode.NotFound);
    }

    [Fact]
    public async Task Interrupting_a_wait_says_so()
    {
        TaskCompletionSource waiting = new();
        await using ScriptedServer server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            if (context.Request.Query.ContainsKey("wait"))
            {
                waiting.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            await ScriptedServer.WriteAsync(
                context, 200, """{"id":"a","workflow":"w","version":"1","status":"Running","queuedAt":"2026-01-01T00:00:00Z"}""");
        });
        using CliProcess cli = new(server.Address);
        CliResult result = await cli.InterruptAsync(["get", "a", "--wait"], () => waiting.Task);
        Assert.Equal(
            "Interrupted. The run goes on.\nLook at it: preempt get a\nStop it:    preempt cancel a\n", result.Expect(ExitCode.Interrupted).Error);
    }
}
