using System.Text.Json;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

public sealed class StartTests(AppUnderTest app) : CliTests(app)
{
    [Fact]
    public async Task A_start_writes_the_id_of_the_run_and_nothing_else()
    {
        CliResult result = (await Cli.RunAsync("start", "lab-plain", "--input", Input(0))).Expect(ExitCode.Done);
        Assert.StartsWith("lab-plain:", Assert.Single(result.Lines), StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task A_start_with_json_writes_the_run()
    {
        string[] arguments =
        [
            "start", "lab-queue", "--input", Input(0), "--key", "k", "-m", "a=1", "-m", "b=x=y", "--timeout", "1h30m",
            "--schedule-timeout", "PT5M", "--priority", "7", "--run-id", Group, "--json",
        ];
        JsonElement run = (await Cli.RunAsync(arguments)).Expect(ExitCode.Done).Json();
        Assert.Equal((Group, "k"), (run.GetProperty("id").GetString(), run.GetProperty("key").GetString()));
        JsonElement metadata = run.GetProperty("metadata");
        Assert.Equal(("1", "x=y"), (metadata.GetProperty("a").GetString(), metadata.GetProperty("b").GetString()));
    }

    [Fact]
    public async Task A_start_with_wait_writes_the_run_once_it_has_ended()
    {
        CliResult result = (await Cli.RunAsync("start", "lab-plain", "--input", Input(0.1), "--wait")).Expect(ExitCode.Done);
        Assert.Contains("status    Succeeded", result.Lines);
    }

    [Fact]
    public async Task A_run_that_fails_is_an_exit_code_of_its_own()
    {
        string input = $$"""{"group":"{{Group}}","steps":[{"seconds":0,"failTimes":1}]}""";
        CliResult result = (await Cli.RunAsync("start", "lab-plain", "--input", input, "--wait")).Expect(ExitCode.RunFailed);
        Assert.Contains("told to fail", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_comes_from_a_file_or_from_the_standard_input()
    {
        await File.WriteAllTextAsync(Cli.PathOf("input.json"), "\ufeff" + Input(0), TestContext.Current.CancellationToken);
        (await Cli.RunAsync("start", "lab-plain", "--input", "@input.json", "--wait")).Expect(ExitCode.Done);
        (await Cli.RunAsync(["start", "lab-plain", "--input", "-", "--wait"], Input(0))).Expect(ExitCode.Done);
    }

    [Theory]
    [InlineData("{\"a\":", "line 1, byte 6")]
    [InlineData("{a: 1}", "line 1, byte 2")]
    [InlineData("@no-such-file.json", "no-such-file.json")]
    [InlineData("-", "line 1, byte 1")]
    public async Task Input_that_cannot_be_read_is_told_with_its_place(string input, string mentioned)
    {
        CliResult result = (await Cli.RunAsync("start", "lab-plain", "--input", input)).Expect(ExitCode.Invalid);
        Assert.StartsWith("error: --input: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(mentioned, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_is_larger_than_the_app_takes_is_not_read_to_its_end()
    {
        string tooMuch = new(' ', 1_100_000);
        CliResult result = (await Cli.RunAsync(["start", "lab-plain", "--input", "-"], tooMuch)).Expect(ExitCode.Invalid);
        Assert.Contains("more than 1048576 bytes", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_the_workflow_does_not_take_is_told_in_the_apps_words()
    {
        CliResult result = (await Cli.RunAsync("start", "lab-plain", "--input", "{\"group\":1}")).Expect(ExitCode.Invalid);
        Assert.StartsWith("error: input: not what workflow \"lab-plain\" takes", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_workflow_is_not_found()
    {
        CliResult result = (await Cli.RunAsync("start", "no-such-workflow")).Expect(ExitCode.NotFound);
        Assert.Equal("error: There is no workflow named \"no-such-workflow\".\n", result.Error);
    }

    [Fact]
    public async Task One_idempotency_key_starts_one_run()
    {
        string[] arguments = ["start", "lab-plain", "--input", Input(0), "--idempotency-key", Group];
        CliResult first = (await Cli.RunAsync(arguments)).Expect(ExitCode.Done);
        CliResult second = (await Cli.RunAsync(arguments)).Expect(ExitCode.Done);
        Assert.Equal(first.Output, second.Output);
        Assert.Equal("A run was started with this key before. This is it.\n", second.Error);
    }

    [Theory]
    [InlineData("--timeout", "42", "a number needs a unit")]
    [InlineData("--priority", "high", "high")]
    [InlineData("--metadata", "novalue", "name=value is expected")]
    [InlineData("--colour", "red", "--colour")]
    public async Task An_option_that_is_not_valid_is_told_without_the_whole_help(string option, string value, string mentioned)
    {
        CliResult result = (await Cli.RunAsync("start", "lab-plain", option, value)).Expect(ExitCode.Invalid);
        Assert.Contains(mentioned, result.Error, StringComparison.Ordinal);
        Assert.EndsWith("See: preempt start --help\n", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
