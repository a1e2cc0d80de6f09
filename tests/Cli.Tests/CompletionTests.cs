using System.Diagnostics;
using Preempt.EndToEnd;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

public sealed class CompletionTests(AppUnderTest app) : CliTests(app)
{
    [Theory]
    [InlineData("bash", "complete -o default -F _preempt preempt")]
    [InlineData("zsh", "compdef _preempt preempt")]
    [InlineData("fish", "complete --command preempt")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Each_shell_has_a_script(string shell, string mentioned) =>
        Assert.Contains(mentioned, (await Cli.RunAsync("completion", shell)).Expect(ExitCode.Done).Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_shell_that_is_not_known_is_told_which_are()
    {
        CliResult result = (await Cli.RunAsync("completion", "tcsh")).Expect(ExitCode.Invalid);
        Assert.Contains("bash", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("preempt sta", "start stats status")]
    [InlineData("preempt cancel --rea", "--reason")]
    [InlineData("preempt start chat", "chat-reply")]
    [InlineData("preempt list --status Canc", "Cancelled")]
    public async Task Bash_completes_commands_options_and_workflows(string typed, string completions)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "bash is not installed.");
        string script = (await Cli.RunAsync("completion", "bash")).Expect(ExitCode.Done).Output;
        string code = $$"""
            preempt() { '{{CliProcess.Dotnet}}' '{{CliProcess.AssemblyPath}}' "$@"; }
            {{script}}
            COMP_LINE='{{typed}}'; COMP_POINT=${#COMP_LINE}
            _preempt
            echo "${COMPREPLY[*]}"
            """;
        Assert.Equal(completions, (await CompleteAsync("/bin/bash", code)).Trim());
    }

    [Theory]
    [InlineData("preempt sta", "start stats status")]
    [InlineData("preempt start chat", "chat-reply")]
    [InlineData("preempt list --status Canc", "Cancelled")]
    public async Task Fish_completes_commands_options_and_workflows(string typed, string completions)
    {
        const string Fish = "/usr/bin/fish";
        Assert.SkipUnless(File.Exists(Fish), "fish is not installed.");
        string script = (await Cli.RunAsync("completion", "fish")).Expect(ExitCode.Done).Output;
        string code = $"""
            function preempt; '{CliProcess.Dotnet}' '{CliProcess.AssemblyPath}' $argv; end
            {script}
            complete --do-complete '{typed}'
            """;
        string[] lines = (await CompleteAsync(Fish, code)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(completions.Split(' '), lines.Select(line => line.Split('\t')[0]));
    }

    /// <summary>What is completed. The tool does not wait long for the app, and completes nothing where the app is slow.</summary>
    private Task<string> CompleteAsync(string shell, string code) =>
        Eventually.GetAsync(() => RunAsync(shell, code), completed => !string.IsNullOrWhiteSpace(completed));

    private async Task<string> RunAsync(string shell, string code)
    {
        ProcessStartInfo start = new(shell, ["-c", code]) { RedirectStandardOutput = true };
        start.Environment["PREEMPT_BASE_URL"] = BaseUrl.ToString();
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
