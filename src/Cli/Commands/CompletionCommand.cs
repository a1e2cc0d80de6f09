using System.CommandLine;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt completion</c>.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Completion of preempt in bash. In ~/.bashrc: eval "$(preempt completion bash)"
        _preempt() {
            local words word="${COMP_LINE:0:COMP_POINT}"
            word="${word##*[[:space:]]}"
            mapfile -t words < <(preempt "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
            COMPREPLY=()
            local candidate
            for candidate in "${words[@]}"; do
                [[ "$candidate" == "$word"* ]] && COMPREPLY+=("$candidate")
            done
        }
        complete -o default -F _preempt preempt
        """;

    private const string Zsh = """
        # Completion of preempt in zsh. In ~/.zshrc, after compinit: eval "$(preempt completion zsh)"
        _preempt() {
            local -a words
            words=("${(@f)$(preempt "[suggest:${#BUFFER}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- "${words[@]}"
        }
        compdef _preempt preempt
        """;

    private const string Fish = """
        # Completion of preempt in fish. In ~/.config/fish/config.fish: preempt completion fish | source
        function __preempt_complete
            set -l line (commandline --cut-at-cursor | string collect)
            preempt "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete --command preempt --no-files --arguments '(__preempt_complete)'
        """;

    private const string PowerShell = """
        # Completion of preempt in PowerShell. In $PROFILE: preempt completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName preempt -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            preempt "[suggest:$cursorPosition]" "$commandAst" 2>$null |
                Where-Object { $_.StartsWith($wordToComplete) } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    public static Command Create()
    {
        Argument<string> shell = new("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        Command command = new("completion", "Write a completion script for a shell.") { shell };
        command.SetAction(arguments => Console.Out.WriteLine(arguments.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        }));
        return command;
    }
}
