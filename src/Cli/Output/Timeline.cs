using System.Collections.Immutable;

namespace Preempt.Cli.Output;

/// <summary>A run's life as rows: its wait, its code, and each attempt of its steps.</summary>
/// <param name="From">When it was accepted.</param>
/// <param name="To">When it ended, or now.</param>
/// <param name="StopAt">When it was asked to stop; null when it was not.</param>
/// <param name="Rows">The rows, in the order in which they began.</param>
internal sealed record Timeline(DateTimeOffset From, DateTimeOffset To, DateTimeOffset? StopAt, ImmutableArray<TimelineRow> Rows)
{
    public static Timeline Of(Run run, DateTimeOffset now)
    {
        DateTimeOffset to = run.EndedAt ?? now;
        List<TimelineRow> rows = [new("waited", null, null, run.QueuedAt, run.StartedAt ?? to, "")];
        if (run.StartedAt is { } started)
            rows.Add(new("ran", null, run.Status.ToString(), started, to, Describe(run.Stop)) { RunStatus = run.Status });
        foreach (RunStep step in run.Steps)
        {
            foreach (StepAttempt attempt in step.EarlierAttempts)
                rows.Add(new(step.Name, attempt.Attempt, attempt.Status.ToString(), attempt.StartedAt, attempt.EndedAt, "") { StepStatus = attempt.Status });
            rows.Add(new(step.Name, step.Attempt, step.Status.ToString(), step.StartedAt, step.EndedAt ?? to, Describe(step, run.Stop)) { StepStatus = step.Status });
        }

        return new(run.QueuedAt, to > run.QueuedAt ? to : run.QueuedAt.AddMilliseconds(1), run.Stop?.RequestedAt, [.. rows]);
    }

    private static string Describe(RunStop? stop) => stop switch
    {
        null => "",
        { SupersededBy: { } newer } => $"asked to stop for the newer run {newer}{(stop.Forced ? ", ended by force" : "")}",
        _ => $"asked to stop: {stop.Reason}{(stop.Forced ? ", ended by force" : "")}",
    };

    private static string Describe(RunStep step, RunStop? stop)
    {
        if (step.StopReason is not { } reason)
            return "";
        return step.StopHeardAt is { } heard && stop?.RequestedAt is { } asked && reason == stop.Reason && heard >= asked
            ? $"told to stop: {reason}, {Times.Of(heard - asked)} after it was asked for"
            : $"told to stop: {reason}";
    }
}

/// <summary>A row of a timeline.</summary>
/// <param name="Name">A step's name, or what else it is.</param>
/// <param name="Attempt">Which attempt, from 1; null for what is no step.</param>
/// <param name="Status">How it ended, or where it is.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended, or now.</param>
/// <param name="Note">What else there is to say.</param>
internal sealed record TimelineRow(string Name, int? Attempt, string? Status, DateTimeOffset From, DateTimeOffset To, string Note)
{
    public RunStatus? RunStatus { get; init; }

    public StepStatus? StepStatus { get; init; }
}
