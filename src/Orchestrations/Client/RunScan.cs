using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Reads the runs of a filter in whatever order they lie, without their inputs and outputs: for what is said of many at once.</summary>
internal static class RunScan
{
    /// <summary>The most runs that are kept.</summary>
    public const int MaxRuns = 10_000;

    /// <summary>The engine's clock, which it lists by, and the one by which runs were accepted may differ by so much.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>Reads the runs that were accepted since a time, or all of them.</summary>
    /// <returns>The runs, and whether these are all.</returns>
    public static async Task<(List<Run> Runs, bool IsComplete)> ReadAsync(
        DurableTaskClient client, RunFilter filter, CancellationToken cancellationToken)
    {
        RunRange range = new(client, filter);
        List<Run> runs = [];
        for (int part = 0; part < range.Count; part++)
        {
            await foreach (Page<OrchestrationMetadata> page in range.ReadAsync(part, filter.Since - Slack, filter.Until + Slack).WithCancellation(cancellationToken))
            {
                foreach (OrchestrationMetadata instance in page.Values)
                {
                    if (await range.FindAsync(part, instance, cancellationToken) is not { } run)
                        continue;
                    if (runs.Count == MaxRuns)
                        return (runs, false);
                    runs.Add(run with { Input = null, Output = null });
                }
            }
        }

        return (runs, true);
    }
}
