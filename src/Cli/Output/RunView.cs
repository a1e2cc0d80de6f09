namespace Preempt.Cli.Output;

/// <summary>How runs are shown.</summary>
internal static class RunView
{
    private const int LabelWidth = 10;

    /// <summary>All that is known of a run.</summary>
    public static void Write(Screen screen, Run run)
    {
        if (screen.IsJson)
        {
            Screen.WriteJson(run);
            return;
        }

        Field(screen, "id", run.Id);
        Field(screen, "status", new Piece(run.Status.ToString(), RunColors.Of(run.Status)));
        Field(screen, "workflow", $"{run.Workflow} (version {run.Version})");
        Field(screen, "key", run.Key);
        Field(screen, "parent", run.ParentId);
        Field(screen, "queued", Times.Of(run.QueuedAt));
        Field(screen, "started", After(run.StartedAt, run.QueuedAt));
        Field(screen, "ended", After(run.EndedAt, run.StartedAt ?? run.QueuedAt));
        Field(screen, "progress", run.Progress is { } progress ? $"{Times.Percent(progress.Fraction)} {progress.Message}".TrimEnd() : null);
        Field(screen, "tokens", run.FencingTokens.IsEmpty ? null : string.Join(", ", run.FencingTokens));
        Field(screen, "stop", run.Stop is { } stop ? Describe(stop) : null);
        Field(screen, "error", run.Error is { } error ? Describe(error) : null);
        foreach ((string name, string value) in run.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            Field(screen, "metadata", $"{name}={value}");
        Field(screen, "input", run.Input is { } input ? new Piece(Screen.ToText(input)) : (Piece?)null);
        Field(screen, "output", run.Output is { } output ? new Piece(Screen.ToText(output)) : (Piece?)null);
        foreach (RunStep step in run.Steps)
            WriteStep(screen, step);
    }

    /// <summary>Where a run is, in a few words.</summary>
    public static Piece Summary(Run run)
    {
        string status = run.Status.ToString();
        string more = run switch
        {
            { Stop: { } stop } => $" ({stop.Reason})",
            { Progress: { } progress, Status: RunStatus.Running } => $" {Times.Percent(progress.Fraction)}",
            _ => "",
        };
        return new Piece(status + more, RunColors.Of(run.Status));
    }

    /// <summary>How long a run has worked, or waited if it has not begun.</summary>
    public static TimeSpan Age(Run run, DateTimeOffset now)
    {
        TimeSpan age = (run.EndedAt ?? now) - (run.StartedAt ?? run.QueuedAt);
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    private static string Describe(RunError error) =>
        error.Step is null ? $"{error.Type}: {error.Message}" : $"{error.Type}: {error.Message} (step {error.Step})";

    private static string Describe(RunStop stop)
    {
        List<string> parts = [stop.Reason.ToString()];
        if (stop.Message is not null)
            parts.Add($"\"{stop.Message}\"");
        if (stop.By is not null)
            parts.Add($"by {stop.By}");
        if (stop.SupersededBy is not null)
            parts.Add($"by the newer run {stop.SupersededBy}");
        parts.Add($"at {Times.Of(stop.RequestedAt)}");
        if (stop.Grace is { } grace)
            parts.Add($"grace {Times.Of(grace)}");
        if (stop.Forced)
            parts.Add("ended by force");
        return string.Join(", ", parts);
    }

    private static void WriteStep(Screen screen, RunStep step)
    {
        string attempt = step.Attempt > 1 ? $", attempt {step.Attempt}" : "";
        string time = step.EndedAt is { } ended ? $", {Times.Of(ended - step.StartedAt)}" : "";
        string reason = step.StopReason is { } stop ? $", told to stop: {stop}" : "";
        screen.WriteLine(
            Label("step"), step.Name + " ", new Piece(step.Status.ToString(), RunColors.Of(step.Status)), attempt + time + reason);
    }

    private static string? After(DateTimeOffset? time, DateTimeOffset before) =>
        time is { } at ? $"{Times.Of(at)} ({Times.Of(at - before)} later)" : null;

    private static Piece Label(string name) => new(name.PadRight(LabelWidth), Spectre.Console.Color.Grey);

    private static void Field(Screen screen, string name, string? value) =>
        Field(screen, name, value is null ? (Piece?)null : new Piece(value));

    private static void Field(Screen screen, string name, Piece? value)
    {
        if (value is { } piece)
            screen.WriteLine(Label(name), piece);
    }
}
