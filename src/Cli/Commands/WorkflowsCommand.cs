using System.Collections.Immutable;
using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt workflows</c>.</summary>
internal static class WorkflowsCommand
{
    public static Command Create()
    {
        Command command = new("workflows", "List the app's workflows.");
        CliCall.Handle(command, async call =>
        {
            ImmutableArray<WorkflowDefinition> workflows = await call.Client.ListWorkflowsAsync(call.CancellationToken);
            if (call.Screen.IsJson)
            {
                Screen.WriteJson(workflows);
                return ExitCode.Done;
            }

            Columns columns = new(call.Screen, "workflow", "version", "timeout", "rules");
            foreach (WorkflowDefinition workflow in workflows)
            {
                string rules = string.Join("; ", workflow.Rules.Select(InWords));
                columns.Add(workflow.Name, workflow.Version, Times.Of(workflow.Timeout), rules);
            }

            columns.Write();
            return ExitCode.Done;
        });
        return command;
    }

    private static string InWords(ConcurrencyRule rule) => rule.Name is { } name ? $"{name}: {LimitInWords(rule)}" : LimitInWords(rule);

    internal static string LimitInWords(ConcurrencyRule rule) => rule switch
    {
        { Rate: { } rate } => $"{rate} for each {rule.Key}, {(rule.Strategy == ConcurrencyStrategy.CancelNewest ? "more are rejected" : "more wait")}",
        { Debounce: { } debounce } => $"the newest of each {rule.Key}, {debounce}",
        { IsMaxRunsComputed: true } => $"as many as computed for each {rule.Key}, {rule.Strategy}",
        _ => $"{rule.MaxRuns} for each {rule.Key}, {rule.Strategy}",
    };
}
