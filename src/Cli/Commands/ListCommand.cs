using System.CommandLine;
using Preempt.Cli.Output;
using Preempt.Client;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt list</c>.</summary>
internal static class ListCommand
{
    private const int LargestPage = 200;

    public static Command Create()
    {
        FilterOptions filter = new();
        Option<int> limit = new("--limit", "-n") { Description = "How many at most; 0 for all.", DefaultValueFactory = _ => 20 };
        Command command = new("list", "List runs, the newest first.") { limit };
        filter.AddTo(command);
        CliCall.Handle(command, async call =>
        {
            int most = call.Get(limit);
            if (most < 0)
                throw new UsageException($"--limit {most}: 0 or more is expected.");
            await WriteAsync(call, filter.Find(call), most == 0 ? int.MaxValue : most);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task WriteAsync(CliCall call, RunFilter? filter, int most)
    {
        Columns columns = new(call.Screen, "status", "workflow", "key", "queued", "time", "run");
        List<Run> all = [];
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string? cursor = null;
        int count = 0;
        do
        {
            Page<Run> page = await call.Client.ListPageAsync(filter, Math.Min(most - count, LargestPage), cursor, call.CancellationToken);
            cursor = page.Cursor == cursor ? null : page.Cursor;
            count += page.Items.Length;
            all.AddRange(page.Items);
        }
        while (cursor is not null && count < most);

        if (all.Count == 0)
            await WorkflowNames.NoteMistakeAsync(call);
        if (call.Screen.IsJson)
        {
            Screen.WriteJson(new Page<Run>([.. all], cursor));
            return;
        }

        foreach (Run run in all)
        {
            columns.Add(
                RunView.Summary(run),
                run.Workflow,
                run.Key,
                Times.Of(run.QueuedAt),
                Times.Of(RunView.Age(run, now)),
                run.Id);
        }

        columns.Write();
        if (call.Screen.IsTerminal)
            call.Screen.Note(all.Count == 0 ? "No runs." : cursor is null ? "" : $"There are more runs: raise --limit (now {most}).");
    }
}
