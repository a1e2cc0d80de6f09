using System.CommandLine;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt replay</c>.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        Argument<string[]> ids = CommonOptions.RunIds("The ids of the runs; leave out with a filter.");
        FilterOptions filter = new();
        Option<Duration?> wait = WaitOption.Create();
        Option<bool> dryRun = new("--dry-run") { Description = "Only count the runs that the filter matches." };
        Option<bool> yes = CommonOptions.Yes();
        Command command = new("replay", "Start new runs with the inputs of runs that have ended. Writes the ids of the new runs.")
        {
            ids, wait, dryRun, yes,
        };
        filter.AddTo(command);
        CliCall.Handle(command, call => (call.Get(ids), filter.Find(call)) switch
        {
            ([_, ..], not null) => throw new UsageException("Give run ids or a filter, not both."),
            ([], null) => throw new UsageException("Which runs? Give ids, or a filter such as --workflow or --status Failed."),
            ([], _) when call.Arguments.GetResult(wait) is not null =>
                throw new UsageException("--wait: only with a run id, not with a filter."),
            ([], { } runs) => BulkRun.DoAsync(
                call, new BulkRequest { Filter = runs, DryRun = call.Get(dryRun) }, "Replay", call.Get(yes),
                (bulk, cancellationToken) => call.Client.BulkReplayAsync(bulk, cancellationToken: cancellationToken)),
            (var given, _) => ReplayByIdAsync(call, given),
        });
        return command;

        async Task<ExitCode> ReplayByIdAsync(CliCall call, string[] given)
        {
            if (call.Get(dryRun))
                throw new UsageException("--dry-run: only with a filter.");
            if (given.Length > 1 && call.Arguments.GetResult(wait) is not null)
                throw new UsageException("--wait: only with one run.");
            (Run[] runs, ExitCode code) = await Many.DoAsync(
                call,
                given,
                "replayed",
                async (id, cancellationToken) => (await call.Client.ReplayAsync(id, Guid.NewGuid().ToString("N"), cancellationToken)).Run);
            if (WaitOption.Find(call, wait) is { } limit)
                return await WaitOption.WaitAsync(call, runs[0], limit);
            Many.Show(call.Screen, given, runs, run => run.Id);
            return code;
        }
    }
}
