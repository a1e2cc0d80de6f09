using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Preempt.Cli.Commands;
using Preempt.Cli.Output;

namespace Preempt.Cli;

/// <summary>The commands, and how one of them is run.</summary>
internal static class CommandLine
{
    private const string Description = """
        Starts, watches and stops the runs of a Preempt app.

        Which app: --base-url, else PREEMPT_BASE_URL, else the settings file, else http://127.0.0.1:7071.
        Exit codes: 0 done, 2 not valid, 3 not found, 4 conflict, 5 access denied, 6 app unavailable, 7 the run failed,
        8 it still runs, 9 done in part, 130 interrupted.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        // A word that begins with @ is a file to read the input from, and nothing else.
        ParseResult result = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is ParseErrorAction)
            return Refuse(result);
        // The commands handle what can go wrong; what comes this far is a mistake of the tool.
        InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false };
        try
        {
            return await result.InvokeAsync(configuration);
        }
        catch (Exception exception)
        {
            new Failure(ExitCode.Bug, $"The tool failed: {exception.GetType().Name}: {exception.Message}").Show(new Screen(isJson: false));
            return (int)ExitCode.Bug;
        }
    }

    private static int Refuse(ParseResult result)
    {
        string words = string.Join(' ', PathOf(result.CommandResult));
        string errors = string.Join('\n', result.Errors.Select(error => error.Message).Distinct());
        IEnumerable<string> options = result.Tokens.Where(token => token is { Type: TokenType.Argument, Value: ['-', _, _, ..] }).Select(token => token.Value);
        string[] suggestions =
        [
            .. result.UnmatchedTokens.Concat(options).Distinct()
                .Select(typed => Suggestion.For(typed, WordsLike(typed, result.CommandResult)))
                .Where(text => text.Length > 0),
        ];
        Failure failure = new(ExitCode.Invalid, string.Join('\n', [errors, .. suggestions, $"See: {words} --help"]));
        failure.Show(new Screen(isJson: result.GetResult(CommonOptions.Json) is { Implicit: false }));
        return (int)failure.Code;
    }

    /// <summary>What can stand where a word does: options for one that begins like an option, commands for any other.</summary>
    private static IEnumerable<string> WordsLike(string typed, CommandResult command)
    {
        if (!typed.StartsWith('-'))
            return command.Command.Subcommands.Select(known => known.Name);
        IEnumerable<Option> inherited = command.Parent is CommandResult parent ? parent.Command.Options.Where(option => option.Recursive) : [];
        return command.Command.Options.Concat(inherited).Select(option => option.Name);
    }

    /// <summary>The commands that lead to one, as they are typed.</summary>
    private static IEnumerable<string> PathOf(CommandResult command) => command.Parent is CommandResult parent
        ? PathOf(parent).Append(command.Command.Name)
        : ["preempt"];

    private static RootCommand Create() => new(Description)
    {
        CommonOptions.BaseUrl,
        CommonOptions.ApiKey,
        CommonOptions.Json,
        StartCommand.Create(),
        GetCommand.Create(),
        ListCommand.Create(),
        WatchCommand.Create(),
        CancelCommand.Create(),
        ReplayCommand.Create(),
        ExtendCommand.Create(),
        EventCommand.Create(),
        DeleteCommand.Create(),
        ExplainCommand.Create(),
        OperationCommand.Create(),
        OperationsCommand.Create(),
        StatisticsCommand.Create(),
        WorkflowsCommand.Create(),
        GatesCommand.Create(),
        LimitCommand.CreateList(),
        LimitCommand.Create(),
        StatusCommand.Create(),
        DrainCommand.Create(),
        DrainCommand.CreateResume(),
        DemoCommand.Create(),
        CompletionCommand.Create(),
    };
}
