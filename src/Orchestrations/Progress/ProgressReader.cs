using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// How far runs are by what their steps at work say: those of this process, and where the app has several, those of the others. A run whose
/// steps say nothing keeps what the last of them that ended had said.
/// </summary>
internal sealed partial class ProgressReader(ActiveSteps steps, TimeProvider time, ILogger<ProgressReader> logger, ProgressTable? table = null)
{
    /// <summary>How long the other processes' steps are asked for: a run is shown without them rather than late.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The run with its progress.</summary>
    public async Task<Run> FillAsync(Run run, CancellationToken cancellationToken) => (await FillAsync([run], cancellationToken))[0];

    /// <summary>The runs with their progress.</summary>
    public async Task<IReadOnlyList<Run>> FillAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken)
    {
        (Run Run, IReadOnlyList<StepReport> Here)[] seen =
            [.. runs.Select(run => (run, IsAtWork(run) ? steps.FindReports(run.Id) : []))];
        string[] elsewhere = [.. seen.Where(each => OpenSteps(each.Run).Except(each.Here.Select(Attempt)).Any()).Select(each => each.Run.Id)];
        ILookup<string, StepReport> there = await ReadAsync(elsewhere, cancellationToken);
        return [.. seen.Select(each => Fill(each.Run, each.Here, there[each.Run.Id]))];
    }

    /// <summary>Of several steps at work that have said something the latest counts, wherever it runs.</summary>
    private static Run Fill(Run run, IEnumerable<StepReport> here, IEnumerable<StepReport> there)
    {
        // A row of an attempt that has ended is what a process that died has left.
        RunProgress? latest = there.Where(report => OpenSteps(run).Contains(Attempt(report)))
            .Concat(here.Where(report => report.Progress is not null))
            .OrderBy(Attempt)
            .LastOrDefault().Progress;
        return latest is null ? run : run with { Progress = latest };
    }

    private static bool IsAtWork(Run run) => run.Status is RunStatus.Running or RunStatus.Stopping;

    /// <summary>Those at work by the run's record. That of a run which was ended from outside is no longer kept.</summary>
    private static IEnumerable<(int Step, int Attempt)> OpenSteps(Run run) => IsAtWork(run)
        ? run.Steps.Where(step => step.Status == StepStatus.Running).Select(step => (step.Number, step.Attempt))
        : [];

    private static (int Step, int Attempt) Attempt(StepReport report) => (report.Step, report.Attempt);

    private async Task<ILookup<string, StepReport>> ReadAsync(string[] runIds, CancellationToken cancellationToken)
    {
        ILookup<string, StepReport> none = Enumerable.Empty<StepReport>().ToLookup(_ => "");
        if (table is null || runIds.Length == 0)
            return none;
        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await table.ReadAsync(runIds, either.Token);
        }
#pragma warning disable CA1031 // Whatever goes wrong, the run itself is known, and is shown.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotRead(exception);
            return none;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The progress of steps in other processes could not be read")]
    private partial void LogNotRead(Exception exception);
}
