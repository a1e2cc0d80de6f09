using System.CommandLine;
using Preempt.Cli.Output;
using Preempt.Client;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt gates</c>.</summary>
internal static class GatesCommand
{
    private const int PageSize = 200;

    public static Command Create()
    {
        Argument<string> workflow = CommonOptions.Workflow();
        Option<string?> key = new("--key") { Description = "Only the gate of this concurrency key, with its runs." };
        Command command = new("gates", "Show the gates of a workflow: which runs hold them, and which wait.") { workflow, key };
        CliCall.Handle(command, async call =>
        {
            if (call.Get(key) is { } one)
                Write(call.Screen, await call.Client.GetGateAsync(call.Get(workflow), one, call.CancellationToken));
            else
                await WriteAllAsync(call, call.Get(workflow));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task WriteAllAsync(CliCall call, string workflow)
    {
        List<Gate> gates = [];
        string? cursor = null;
        do
        {
            Page<Gate> page = await call.Client.ListGatesAsync(workflow, PageSize, cursor, call.CancellationToken);
            gates.AddRange(page.Items);
            cursor = page.Cursor == cursor ? null : page.Cursor;
        }
        while (cursor is not null);

        if (call.Screen.IsJson)
        {
            Screen.WriteJson(new Page<Gate>([.. gates]));
            return;
        }

        Columns columns = new(call.Screen, "strategy", "running", "waiting", "last token", "key");
        foreach (Gate gate in gates)
        {
            columns.Add(
                gate.RuleInWords,
                gate.HasSlots ? $"{gate.Holders.Length}/{gate.MaxTotal ?? gate.MaxRuns}" : "-",
                $"{gate.Waiters.Length}",
                $"{gate.LastToken}",
                gate.Key.Length == 0 && gate.Strategy == ConcurrencyStrategy.RoundRobin ? "(all keys)" : gate.Key);
        }

        columns.Write();
        if (call.Screen.IsTerminal && gates.Count == 0)
            call.Screen.Note("No run has entered a gate of this workflow yet.");
    }

    private static void Write(Screen screen, Gate gate)
    {
        if (screen.IsJson)
        {
            Screen.WriteJson(gate);
            return;
        }

        Columns columns = new(screen, "place", "token", "queued", "run");
        foreach (GateHolder holder in gate.Holders)
            columns.Add(holder.SupersededBy is null ? "running" : "stopping", $"{holder.Token}", Times.Of(holder.QueuedAt), holder.RunId);
        foreach (GateWaiter waiter in gate.Waiters)
            columns.Add("waiting", "", Times.Of(waiter.QueuedAt), waiter.RunId);
        columns.Write();
        if (gate.Healed > 0)
            screen.Note($"It has taken {gate.Healed} {(gate.Healed == 1 ? "slot" : "slots")} back from runs that were terminated or purged past the app.");
        if (screen.IsTerminal && gate.Holders.IsEmpty && gate.Waiters.IsEmpty)
            screen.Note("No run holds the gate or waits.");
    }
}
