using System.Diagnostics;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

public sealed class CompletionTests(AppUnderTest app) : CliTests(app)
{
    [Theory]
    [InlineData("bash", "complete -o default -F _preempt preempt")]
    [InlineData("zsh", "compdef _preempt preempt")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Each_shell_has_a_script(string shell, string mentioned) =>
        Assert.Contains(mentioned, (await Cli.RunAsync("completion", shell)).Expect(ExitCode.Done).Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_shell_that_is_not_known_is_told_which_are()
    {
        CliResult result = (await Cli.RunAsync("completion", "fish")).Expect(ExitCode.Invalid);
        Assert.Contains("bash", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("preempt sta", "start status")]
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
        ProcessStartInfo start = new("/bin/bash", ["-c", code]) { RedirectStandardOutput = true };
        start.Environment["PREEMPT_BASE_URL"] = BaseUrl.ToString();
        using Process bash = Process.Start(start)!;
        Assert.Equal(completions, (await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
