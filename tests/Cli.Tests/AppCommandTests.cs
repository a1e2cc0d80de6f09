using System.Text.Json;
using Preempt.EndToEnd;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

public sealed class AppCommandTests(AppUnderTest app) : CliTests(app)
{
    [Fact]
    public async Task Workflows_are_listed_with_their_rules()
    {
        CliResult result = (await Cli.RunAsync("workflows")).Expect(ExitCode.Done);
        Assert.Contains("chat-reply\t1\t10m\t1 for each {input.userId}, CancelInProgress", result.Lines);
        JsonElement all = (await Cli.RunAsync("workflows", "--json")).Json();
        Assert.Contains(all.EnumerateArray(), workflow => workflow.GetProperty("name").GetString() == "chat-reply");
    }

    [Fact]
    public async Task Gates_show_who_is_there()
    {
        string[] ids = [await StartLongAsync("lab-queue"), await StartLongAsync("lab-queue"), await StartWaitingAsync("lab-queue")];
        string[] lines = await Eventually.GetAsync(
            async () => (await Cli.RunAsync("gates", "lab-queue", "--key", Group)).Expect(ExitCode.Done).Lines, shown => shown.Length == ids.Length);
        Assert.Equal(["running", "running", "waiting"], lines.Select(line => line.Split('\t')[0]));
        Assert.Equal(ids, lines.Select(line => line.Split('\t')[^1]));
        Assert.Contains($"Queue\t2/2\t1\t2\t{Group}", (await Cli.RunAsync("gates", "lab-queue")).Expect(ExitCode.Done).Lines);
        JsonElement gate = (await Cli.RunAsync("gates", "lab-queue", "--key", Group, "--json")).Json();
        Assert.Equal(2, gate.GetProperty("holders").GetArrayLength());
    }

    [Fact]
    public async Task A_limit_is_changed_shown_and_taken_back()
    {
        CliResult set = (await Cli.RunAsync("limit", "lab-queue", "--key", Group, "--max-runs", "3", "--pause", "--for", "1h", "--reason", "a test")).Expect(ExitCode.Done);
        Assert.StartsWith($"lab-queue:0, key {Group}: paused, 3 at one time, until ", set.Output.Trim(), StringComparison.Ordinal);
        string shown = Assert.Single((await Cli.RunAsync("limits")).Expect(ExitCode.Done).Lines, line => line.Contains(Group, StringComparison.Ordinal));
        Assert.StartsWith($"lab-queue:0\t2 for each {{input.group}}, Queue\t{Group}\tpaused, 3 at one time, until ", shown, StringComparison.Ordinal);

        (await Cli.RunAsync("limit", "lab-queue:0", "--key", Group, "--reset", "--reason", "over")).Expect(ExitCode.Done);
        JsonElement rule = (await Cli.RunAsync("limits", "lab-queue:0", "--json")).Json()[0];
        Assert.DoesNotContain(rule.GetProperty("limits").EnumerateArray(), limit => limit.GetProperty("key").GetString() == Group);
        Assert.Equal(
            [(true, "over"), (false, "a test")],
            rule.GetProperty("changes").EnumerateArray().Where(change => change.GetProperty("limit").GetProperty("key").GetString() == Group)
                .Select(change => (change.GetProperty("isReset").GetBoolean(), change.GetProperty("reason").GetString())));
        (await Cli.RunAsync("limit", "lab-queue:9", "--pause")).Expect(ExitCode.NotFound);
        (await Cli.RunAsync("limit", "lab-throttle", "--starts", "3")).Expect(ExitCode.Invalid);
    }

    [Fact]
    public async Task The_gates_of_a_shared_rule_are_shown_with_the_workflows_of_their_runs()
    {
        string id = await StartLongAsync("lab-shared-runs");
        string line = Assert.Single((await Cli.RunAsync("gates", "--rule", "lab-slot", "--key", Group)).Expect(ExitCode.Done).Lines);
        Assert.Equal(("running", "lab-shared-runs", id), (line.Split('\t')[0], line.Split('\t')[^2], line.Split('\t')[^1]));
        (await Cli.RunAsync("gates", "--rule", "no-such-rule")).Expect(ExitCode.NotFound);
        (await Cli.RunAsync("gates")).Expect(ExitCode.Invalid);
    }

    [Fact]
    public async Task Gates_of_a_workflow_without_any_are_told_as_such()
    {
        (await Cli.RunAsync("gates", "no-such-workflow")).Expect(ExitCode.NotFound);
        CliResult result = (await Cli.RunAsync("gates", "lab-plain")).Expect(ExitCode.Invalid);
        Assert.Contains("no concurrency rule", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_concerns_nobody_starts_and_stops_nothing()
    {
        JsonElement published = (await Cli.RunAsync("event", Group, "--data", "{\"a\":1}", "--json")).Expect(ExitCode.Done).Json();
        Assert.Equal((0, 0), (published.GetProperty("started").GetArrayLength(), published.GetProperty("stopped").GetArrayLength()));
        CliResult nobody = (await Cli.RunAsync("event", Group)).Expect(ExitCode.Done);
        Assert.Equal(("", "The event started no run and stopped none.\n"), (nobody.Output, nobody.Error));
        (await Cli.RunAsync("event", Group, "--data", "{")).Expect(ExitCode.Invalid);
    }

    [Fact]
    public async Task An_event_stops_the_runs_that_end_on_it()
    {
        string input = $$"""{"group":"{{Group}}","steps":[{"seconds":120}],"endWhen":"event '{{Group}}'"}""";
        string id = (await Cli.RunAsync("start", "lab-plain", "--input", input)).Expect(ExitCode.Done).Output.Trim();
        (await Cli.RunAsync("get", id, "--wait", "300ms")).Expect(ExitCode.StillRunning);
        CliResult told = (await Cli.RunAsync("event", Group)).Expect(ExitCode.Done);
        Assert.Equal(($"stopped\t{id}\n", "The event started 0 runs and stopped 1 run.\n"), (told.Output, told.Error));
        JsonElement run = (await Cli.RunAsync("get", id, "--wait", "--json")).Expect(ExitCode.RunFailed).Json();
        Assert.Equal("EndCondition", run.GetProperty("stop").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task An_event_is_sent_to_one_run()
    {
        string id = await StartLongAsync("lab-plain");
        CliResult result = (await Cli.RunAsync("event", "approved", "--run", id, "--data", "true")).Expect(ExitCode.Done);
        Assert.Equal($"Sent to {id}.\n", result.Output);
    }

    [Fact]
    public async Task The_demo_shows_that_the_newest_wins()
    {
        CliResult result = (await Cli.RunAsync("demo")).Expect(ExitCode.Done);
        Assert.Contains("the older run is Cancelled (Superseded)", result.Output, StringComparison.Ordinal);
        Assert.Contains("the newer run is Succeeded", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_names_every_command_and_asks_no_app()
    {
        using CliProcess alone = new(new Uri("http://127.0.0.1:9"));
        CliResult result = (await alone.RunAsync("--help")).Expect(ExitCode.Done);
        string[] commands = ["start <workflow>", "get <run>", "list", "watch", "cancel", "replay", "gates <workflow>", "drain", "demo"];
        foreach (string command in commands)
            Assert.Contains(command, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_mistyped_is_told()
    {
        CliResult result = (await Cli.RunAsync("strat")).Expect(ExitCode.Invalid);
        Assert.Contains("'strat'", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("See: preempt --help\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Cli.RunAsync("strat", "--json")).Expect(ExitCode.Invalid).ErrorJson().GetProperty("exitCode").GetInt32());
    }
}
