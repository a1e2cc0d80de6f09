using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt explain</c>.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        Argument<string> id = CommonOptions.RunId();
        Command command = new("explain", "Explain the state of a run in words, and what comes next.") { id };
        CliCall.Handle(command, async call =>
        {
            RunExplanation explanation = await RunIds.ReadAsync(
                call, call.Get(id), whole => call.Client.ExplainAsync(whole, call.CancellationToken));
            if (call.Screen.IsJson)
            {
                Screen.WriteJson(explanation);
                return ExitCode.Done;
            }

            foreach (string sentence in explanation.Sentences)
                call.Screen.WriteLine(sentence);
            return ExitCode.Done;
        });
        return command;
    }
}
