namespace Preempt.EndToEnd.Http;

/// <summary>The lab workflows: their input says how they behave.</summary>
internal static class Lab
{
    public const string CancelInProgress = "lab-cancel-in-progress";
    public const string CancelInProgress3 = "lab-cancel-in-progress-3";
    public const string Immediate = "lab-immediate";
    public const string Multi = "lab-multi";
    public const string Plain = "lab-plain";
    public const string Queue = "lab-queue";
    public const string StepGate = "lab-step-gate";
    public const string Children = "lab-children";

    /// <summary>Longer than any test waits: a step that ends only when it is made to.</summary>
    public const double VeryLong = 1200;

    /// <summary>Soon over, and still long enough for an extension to come in time on an engine that takes seconds over each turn.</summary>
    public const string ShortTimeout = "20s";

    /// <summary>Enough for a run to stop by itself on an engine that takes seconds over each turn.</summary>
    public const string LongGrace = "10m";
}

/// <summary>The input of a lab workflow.</summary>
internal sealed record LabInput(string Group, params IReadOnlyList<LabStep> Steps)
{
    public string? Name { get; init; }

    public int? Digit { get; init; }

    public int? Slots { get; init; }

    public int? Weight { get; init; }

    public string? OnStop { get; init; }

    public double? CleanupSeconds { get; init; }

    public double? Process { get; init; }

    public string? Timeout { get; init; }

    public string? EndWhen { get; init; }

    /// <summary>The inputs of the children, or their number.</summary>
    public object? Children { get; init; }

    public int? Retries { get; init; }
}

internal sealed record LabStep(double Seconds)
{
    public bool? IgnoreStop { get; init; }

    public int? FailTimes { get; init; }

    public string? ExtendBy { get; init; }

    public bool? CancelRun { get; init; }

    public string? Output { get; init; }
}
