using System.Collections.Immutable;
using System.Globalization;

namespace Preempt;

/// <summary>Puts a run into words: why it waits, what stopped it, what comes next. Pure.</summary>
internal static class RunExplainer
{
    /// <summary>What is said first of a run whose instance somebody has suspended.</summary>
    public const string Suspended =
        "It was suspended with the means of Durable Functions. Until it is resumed, it gets no messages and keeps its slots. A cancel resumes it, so that it stops.";

    private const int MaxNamed = 3;

    /// <param name="run">The run.</param>
    /// <param name="request">What it was started with.</param>
    /// <param name="gates">What its gates remember, in the order of the request; none of a run that has ended.</param>
    /// <param name="admitsRuns">Whether the app does not drain.</param>
    /// <param name="now">The time, UTC.</param>
    public static ImmutableArray<string> Explain(
        Run run, RunRequest request, IReadOnlyList<GateState> gates, bool admitsRuns, DateTimeOffset now) =>
        run.Status switch
        {
            RunStatus.Queued => [.. Queued(run, request, gates, admitsRuns, now)],
            RunStatus.Running => [.. Running(run, request, gates)],
            RunStatus.Stopping => [.. Stopping(run, now)],
            _ => [.. Ended(run)],
        };

    private static IEnumerable<string> Queued(
        Run run, RunRequest request, IReadOnlyList<GateState> gates, bool admitsRuns, DateTimeOffset now)
    {
        if (run.Stop is { } stop)
        {
            yield return StopExplainer.Explain(stop);
            yield return "It ends without having started.";
            yield break;
        }

        yield return $"It was accepted at {Time(run.QueuedAt)} and has not started.";
        string holder = request.HolderOf(run.Id);
        bool waits = false;
        for (int i = 0; i < gates.Count && !waits; i++)
        {
            foreach (string sentence in GateExplainer.Explain(holder, request.Gates[i], gates[i]))
            {
                waits |= !GateExplainer.Holds(holder, gates[i]);
                yield return sentence;
            }
        }

        if (!admitsRuns)
            yield return "The app drains: no run starts until it is resumed.";
        else if (!waits)
            yield return "It has all the slots that it needs, and starts now.";
        if (request.EndWhen is { } condition)
            yield return $"It does not start while its end condition is met: {condition}.";
        if (!request.ScheduleTimeout.IsNever)
        {
            yield return $"If it has not started by {Time(request.QueuedAt + request.ScheduleTimeout.Value)}, its schedule timeout of "
                + $"{request.ScheduleTimeout}, it is given up{(request.QueuedAt + request.ScheduleTimeout.Value < now ? ", which is due" : "")}.";
        }
    }

    private static IEnumerable<string> Running(Run run, RunRequest request, IReadOnlyList<GateState> gates)
    {
        yield return $"It has been running since {Time(run.StartedAt!.Value)}.";
        if (run.Steps.LastOrDefault(step => step.Status == StepStatus.Running) is { } step)
        {
            string attempt = step.Attempt > 1 ? $", attempt {step.Attempt}" : "";
            yield return $"Step {step.Name} is at work{attempt}{Progress(run)}.";
        }
        else
        {
            yield return "No step is at work: its code waits for something else, or is about to go on.";
        }

        if (request.Gates.Length > 0 && gates.Sum(gate => gate.Waiters.Length) is > 0 and int waiting)
            yield return $"{Count(waiting, "run waits", "runs wait")} for its slots.";
        if (!request.Timeout.IsNever)
            yield return $"Its timeout of {request.Timeout} stops it at {Time(run.StartedAt!.Value + request.Timeout.Value)}, unless it is given more time.";
        if (request.EndWhen is { } condition)
            yield return $"It is stopped as soon as its end condition is met: {condition}.";
    }

    private static IEnumerable<string> Stopping(Run run, DateTimeOffset now)
    {
        RunStop stop = run.Stop!;
        yield return StopExplainer.Explain(stop);
        if (run.Steps.LastOrDefault(step => step.Status == StepStatus.Running) is { } step)
            yield return $"Step {step.Name} was told to stop and has not ended{Progress(run)}.";
        if (stop.Grace is { IsNever: false } grace)
        {
            DateTimeOffset end = stop.RequestedAt + grace.Value;
            yield return end > now
                ? $"It has about until {Time(end)} to end by itself; then it is ended by force, and the next runs get its slots."
                : "Its time to end by itself is over: it is about to be ended by force.";
        }
        else
        {
            yield return "Its grace has no limit.";
        }
    }

    private static IEnumerable<string> Ended(Run run)
    {
        string ran = run.StartedAt is { } started ? $" after {Span(run.EndedAt!.Value - started)}" : " without having started";
        yield return run.Status switch
        {
            RunStatus.Succeeded => $"It succeeded at {Time(run.EndedAt!.Value)}{ran}.",
            RunStatus.Failed => $"It failed at {Time(run.EndedAt!.Value)}{ran}.",
            RunStatus.TimedOut when run.Stop is null => $"It ended at {Time(run.EndedAt!.Value)}{ran}, because a step took longer than its own timeout.",
            RunStatus.TimedOut => $"It ended at {Time(run.EndedAt!.Value)}{ran}, because its time was over.",
            RunStatus.Rejected => $"It was rejected at {Time(run.EndedAt!.Value)}.",
            _ => $"It was cancelled at {Time(run.EndedAt!.Value)}{ran}.",
        };
        if (run.Stop is { } stop)
            yield return StopExplainer.Explain(stop);
        if (run is { Stop: not null, Status: RunStatus.Succeeded })
            yield return "Its code returned a result anyway.";
        if (run.Error is { } error)
            yield return $"{(error.Step is { } step ? $"Step {step}" : "Its code")} threw {error.Type}: {error.Message}";
        if (run.Stop is { Forced: true })
            yield return "It was ended by force: a step still worked when the grace was over. What it does now has no effect on the run.";
        yield return "It has ended; a replay starts a new run with its input.";
    }

    private static string Progress(Run run) => run.Progress is { } progress
        ? string.Create(CultureInfo.InvariantCulture, $", {Math.Floor(progress.Fraction * 100)}% done{(progress.Message is { } text ? $" ({text})" : "")}")
        : "";

    internal static string Count(int count, string one, string several) => count == 1 ? $"1 {one}" : $"{count.ToString(CultureInfo.InvariantCulture)} {several}";

    internal static string Names(IEnumerable<string> ids, int count)
    {
        string[] first = [.. ids.Take(MaxNamed)];
        return count > first.Length ? $"{string.Join(", ", first)} and {count - first.Length} more" : Words.And(first);
    }

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => ((Duration)TimeSpan.FromMilliseconds(Math.Max(0, Math.Round(span.TotalMilliseconds)))).ToString();
}
