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
        workflow.Arity = ArgumentArity.ZeroOrOne;
        Option<string?> rule = new("--rule") { Description = "A rule, instead of a workflow: the name of one that workflows share, or any of a workflow, such as chat-reply:1." };
        Option<string?> key = new("--key") { Description = "Only the gate of this concurrency key, with its runs." };
        Command command = new("gates", "Show the gates of a workflow's first rule, or of any rule: which runs hold them, and which wait.") { workflow, rule, key };
        CliCall.Handle(command, async call =>
        {
            PreemptHttpClient client = call.Client;
            CancellationToken cancellation = call.CancellationToken;
            (Func<string, Task<Gate>> get, Func<string?, Task<Page<Gate>>> list) = (call.Find(workflow), call.Get(rule)) switch
            {
                ({ } name, null) => (
                    (Func<string, Task<Gate>>)(one => client.GetGateAsync(name, one, cancellation)),
                    (Func<string?, Task<Page<Gate>>>)(cursor => client.ListGatesAsync(name, PageSize, cursor, cancellation))),
                (null, { } name) => (
                    one => client.GetGateOfRuleAsync(name, one, cancellation),
                    cursor => client.ListGatesOfRuleAsync(name, PageSize, cursor, cancellation)),
                _ => throw new UsageException("A workflow or --rule is expected, one of the two."),
            };
            if (call.Get(key) is { } one)
                Write(call.Screen, await get(one));
            else
                await WriteAllAsync(call, list);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task WriteAllAsync(CliCall call, Func<string?, Task<Page<Gate>>> list)
    {
        List<Gate> gates = [];
        string? cursor = null;
        do
        {
            Page<Gate> page = await list(cursor);
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
                gate.IsPaused ? $"{gate.RuleInWords}, paused" : gate.RuleInWords,
                gate.HasSlots ? $"{gate.Holders.Length}/{gate.MaxTotal ?? gate.MaxRuns}" : "-",
                $"{gate.Waiters.Length}",
                $"{gate.LastToken}",
                gate.Key.Length == 0 && gate.Strategy == ConcurrencyStrategy.RoundRobin ? "(all keys)" : gate.Key);
        }

        columns.Write();
        if (call.Screen.IsTerminal && gates.Count == 0)
            call.Screen.Note("No run has entered one of these gates yet.");
    }

    private static void Write(Screen screen, Gate gate)
    {
        if (screen.IsJson)
        {
            Screen.WriteJson(gate);
            return;
        }

        bool isShared = gate.Rule is not null;
        Columns columns = new(screen, ["place", "token", "queued", .. (isShared ? (string[])["workflow"] : []), "run"]);
        string[] Of(string? workflow, string run) => isShared ? [workflow ?? "", run] : [run];
        foreach (GateHolder holder in gate.Holders)
        {
            columns.Add(
                [holder.SupersededBy is null ? "running" : "stopping", $"{holder.Token}", Times.Of(holder.QueuedAt), .. Of(holder.Workflow, holder.RunId)]);
        }

        foreach (GateWaiter waiter in gate.Waiters)
            columns.Add(["waiting", "", Times.Of(waiter.QueuedAt), .. Of(waiter.Workflow, waiter.RunId)]);
        columns.Write();
        if (gate.Healed > 0)
            screen.Note($"It has taken {gate.Healed} {(gate.Healed == 1 ? "slot" : "slots")} back from runs that were terminated or purged past the app.");
        if (screen.IsTerminal && gate.Holders.IsEmpty && gate.Waiters.IsEmpty)
            screen.Note("No run holds the gate or waits.");
    }
}
