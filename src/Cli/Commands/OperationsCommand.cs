using System.Collections.Immutable;
using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt operations</c>.</summary>
internal static class OperationsCommand
{
    private const int LargestPage = 200;

    public static Command Create()
    {
        Option<int> limit = new("--limit", "-n") { Description = "How many at most, 1 to 200.", DefaultValueFactory = _ => 20 };
        Command command = new("operations", "List the bulk operations of the last 7 days, the newest first.") { limit };
        CliCall.Handle(command, async call =>
        {
            if (call.Get(limit) is < 1 or > LargestPage)
                throw new UsageException($"--limit {call.Get(limit)}: 1 to {LargestPage} is expected.");
            ImmutableArray<Operation> operations = await call.Client.ListOperationsAsync(call.Get(limit), call.CancellationToken);
            if (call.Screen.IsJson)
            {
                Screen.WriteJson(operations);
                return ExitCode.Done;
            }

            Columns columns = new(call.Screen, "status", "kind", "began", "runs", "done", "nothing", "failed", "operation");
            foreach (Operation operation in operations)
            {
                columns.Add(
                    operation.Status.ToString(),
                    operation.DryRun ? $"{BulkRun.NameOf(operation.Kind)}, dry" : BulkRun.NameOf(operation.Kind),
                    Times.Of(operation.StartedAt),
                    $"{operation.Total}",
                    $"{operation.Done}",
                    $"{operation.NothingToDo}",
                    $"{operation.Failed}",
                    operation.Id);
            }

            columns.Write();
            if (call.Screen.IsTerminal && operations.IsEmpty)
                call.Screen.Note("There were no bulk operations in the last 7 days.");
            return ExitCode.Done;
        });
        return command;
    }
}
