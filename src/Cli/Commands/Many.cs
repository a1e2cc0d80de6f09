using System.Collections.Concurrent;
using Preempt.Cli.Output;
using Preempt.Client;

namespace Preempt.Cli.Commands;

/// <summary>Does one thing with several runs, a few at a time.</summary>
internal static class Many
{
    private const int AtOnce = 8;

    /// <summary>Does it; what fails is told, and does not stop the others.</summary>
    /// <param name="call">The call.</param>
    /// <param name="ids">The runs.</param>
    /// <param name="act">Does it with one run.</param>
    /// <returns>The runs with which it was done, and the code to end with.</returns>
    public static async Task<(Run[] Runs, ExitCode Code)> DoAsync(
        CliCall call, IReadOnlyList<string> ids, Func<string, CancellationToken, Task<Run>> act)
    {
        if (ids is [var only])
            return ([await act(only, call.CancellationToken)], ExitCode.Done);
        ConcurrentDictionary<string, Run> done = [];
        ConcurrentBag<ExitCode> failures = [];
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = call.CancellationToken };
        await Parallel.ForEachAsync(ids.Distinct(), options, async (id, cancellationToken) =>
        {
            try
            {
                done[id] = await act(id, cancellationToken);
            }
            catch (RunException exception)
                when (exception is InvalidRunException or UnknownRunException or RunConflictException or UnknownWorkflowException)
            {
                Failure failure = Failure.From(exception, call.Address, call.CancellationToken)!;
                (failure with { Message = $"{id}: {failure.Message}" }).Show(call.Screen);
                failures.Add(failure.Code);
            }
        });
        ExitCode code = failures.IsEmpty ? ExitCode.Done : done.IsEmpty ? failures.First() : ExitCode.Partly;
        return ([.. ids.Where(done.ContainsKey).Distinct().Select(id => done[id])], code);
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
