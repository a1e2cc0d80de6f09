namespace Preempt.Client;

/// <summary>A caller waited for the result of a run that has ended without one: it failed, was stopped or was rejected.</summary>
public sealed class RunNotSucceededException : Exception
{
    internal RunNotSucceededException(Run run)
        : base(Describe(run)) => Run = run;

    /// <summary>The run, ended.</summary>
    public Run Run { get; }

    private static string Describe(Run run) => (run.Error, run.Stop) switch
    {
        ({ } error, _) => $"Run \"{run.Id}\" is {run.Status}: {error.Message}",
        (_, { } stop) => $"Run \"{run.Id}\" is {run.Status} ({stop.Reason}): {stop.Message ?? "no message"}",
        _ => $"Run \"{run.Id}\" is {run.Status}.",
    };
}
