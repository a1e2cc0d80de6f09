using System.Collections.Concurrent;
using Preempt.Cli.Output;
using Preempt.Client;

namespace Preempt.Cli.Commands;

/// <summary>Does one thing with several runs, a few at a time.</summary>
internal static class Many
{
    private const int AtOnce = 8;

    /// <summary>Does it; what fails is told, and does not stop the others. In a terminal with a bar, when there are several.</summary>
    /// <param name="call">The call.</param>
    /// <param name="ids">The runs, as they were typed.</param>
    /// <param name="done">What is done with each, as in "replayed".</param>
    /// <param name="act">Does it with one run.</param>
    /// <returns>The runs with which it was done, and the code to end with.</returns>
    /// <exception cref="InterruptedException">Ctrl+C was pressed, with several runs.</exception>
    public static async Task<(Run[] Runs, ExitCode Code)> DoAsync(
        CliCall call, IReadOnlyList<string> ids, string done, Func<string, CancellationToken, Task<Run>> act)
    {
        if (ids is [var only])
            return ([await RunIds.ChangeAsync(call, only, id => act(id, call.CancellationToken))], ExitCode.Done);
        string[] distinct = [.. ids.Distinct()];
        ConcurrentDictionary<string, Run> results = [];
        ConcurrentQueue<Failure> failures = [];
        try
        {
            await ProgressBar.ShowAsync(call.Screen, async bar =>
            {
                Show(bar);
                ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = call.CancellationToken };
                await Parallel.ForEachAsync(distinct, options, async (id, cancellationToken) =>
                {
                    await DoOneAsync(id, cancellationToken);
                    Show(bar);
                });
                return results.Count;
            });
        }
        catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested)
        {
            throw new InterruptedException($"{Describe()}, the others not. Requests that were sent take effect.");
        }

        foreach (Failure failure in failures)
            failure.Show(call.Screen);
        if (!call.Screen.IsJson)
            call.Screen.Note(Describe());
        ExitCode code = failures.IsEmpty ? ExitCode.Done : results.IsEmpty ? failures.First().Code : ExitCode.Partly;
        return ([.. distinct.Where(results.ContainsKey).Select(id => results[id]).DistinctBy(run => run.Id)], code);

        string Describe() => $"{results.Count} of {distinct.Length} runs {done}, {failures.Count} failed";

        void Show(ProgressBar bar) => bar.Show((double)(results.Count + failures.Count) / distinct.Length, Describe());

        async Task DoOneAsync(string id, CancellationToken cancellationToken)
        {
            try
            {
                results[id] = await RunIds.ChangeAsync(call, id, whole => act(whole, cancellationToken));
            }
            catch (Exception exception) when (exception
                is InvalidRunException or UnknownRunException or RunConflictException or UnknownWorkflowException or UsageException)
            {
                Failure failure = Failure.From(exception, call.Address, call.CancellationToken)!;
                failures.Enqueue(failure with { Message = $"{id}: {failure.Message}" });
            }
        }
    }

    /// <summary>Shows what came of it: for one run an object, for several an array, or a line for each.</summary>
    public static void Show(Screen screen, IReadOnlyList<string> ids, Run[] runs, Func<Run, string> line)
    {
        if (screen.IsJson && ids.Count == 1)
            Screen.WriteJson(runs[0]);
        else if (screen.IsJson)
            Screen.WriteJson(runs);
        foreach (Run run in screen.IsJson ? [] : runs)
            screen.WriteLine(line(run));
    }
}
