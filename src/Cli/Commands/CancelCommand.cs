using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt cancel</c>.</summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        Argument<string[]> ids = CommonOptions.RunIds("The ids of the runs; leave out with a filter.");
        FilterOptions filter = new();
        Option<string?> reason = new("--reason", "-r") { Description = "The reason, in words; it is kept with the runs." };
        Option<Duration?> grace = CommonOptions.Duration("--grace", "How long a run may take to stop.");
        Option<bool> queuedOnly = new("--queued-only") { Description = "Do not cancel a run whose code has begun." };
        Option<bool> delete = new("--delete") { Description = "Remove the run once it has ended." };
        Option<Duration?> wait = WaitOption.Create();
        wait.Description = "Wait until the run has ended; with a duration, at most so long.";
        Option<bool> dryRun = new("--dry-run") { Description = "Only count the runs that the filter matches." };
        Option<bool> yes = CommonOptions.Yes();
        Command command = new("cancel", "Ask runs to stop: one, several, or all that a filter matches.")
        {
            ids, reason, grace, queuedOnly, delete, wait, dryRun, yes,
        };
        filter.AddTo(command);
        CliCall.Handle(command, call => (call.Get(ids), filter.Find(call)) switch
        {
            ([_, ..], not null) => throw new UsageException("Give run ids or a filter, not both."),
            ([], null) => throw new UsageException("Which runs? Give ids, or a filter such as --workflow; --since 3650d matches all."),
            ([], { } runs) => CancelByFilterAsync(call, runs),
            (var given, _) => CancelByIdAsync(call, given),
        });
        return command;

        Task<ExitCode> CancelByFilterAsync(CliCall call, RunFilter runs)
        {
            foreach (Option option in new Option[] { grace, queuedOnly, delete, wait })
            {
                if (call.Arguments.GetResult(option) is { Implicit: false })
                    throw new UsageException($"{option.Name}: only with run ids, not with a filter.");
            }

            BulkRequest request = new() { Filter = runs, Reason = call.Get(reason), DryRun = call.Get(dryRun) };
            return BulkRun.DoAsync(call, request, "Cancel", call.Get(yes), (bulk, cancellationToken) => call.Client.BulkCancelAsync(bulk, cancellationToken: cancellationToken));
        }

        async Task<ExitCode> CancelByIdAsync(CliCall call, string[] given)
        {
            if (call.Get(dryRun))
                throw new UsageException("--dry-run: only with a filter.");
            if (given.Length > 1 && !call.Get(yes))
            {
                if (!Screen.CanAsk)
                    throw new UsageException("Cancelling several runs asks first, but this is not a terminal: add --yes.");
                if (!call.Screen.Ask($"Cancel {given.Length} runs?"))
                {
                    call.Screen.Note("Nothing was done.");
                    return ExitCode.Done;
                }
            }

            TimeSpan? limit = WaitOption.Find(call, wait);
            CancelOptions options = new(
                call.Get(reason),
                call.Get(grace),
                call.Get(queuedOnly),
                call.Get(delete));
            (Run[] runs, ExitCode code) = await Many.DoAsync(call, given, limit is null ? "told to stop" : "waited for", async (id, cancellationToken) =>
            {
                Run run = await call.Client.CancelAsync(id, options, cancellationToken);
                if (limit is null || run.Status.IsTerminal())
                    return run;
                return given.Length == 1
                    ? await WaitOption.WaitForEndAsync(call, run, limit.Value)
                    : await call.Client.WaitAsync(id, limit.Value, cancellationToken);
            });
            Many.Show(call.Screen, given, runs, run => $"{run.Id}: {run.Status}");
            return code == ExitCode.Done && limit is not null && runs.Any(run => !run.Status.IsTerminal()) ? ExitCode.StillRunning : code;
        }
    }
}
