namespace Preempt.EndToEnd.Http;

/// <summary>The lab workflows: their input says how they behave.</summary>
internal static class Lab
{
    public const string CancelInProgress = "lab-cancel-in-progress";
    public const string CancelInProgress3 = "lab-cancel-in-progress-3";
    public const string Immediate = "lab-immediate";
    public const string Plain = "lab-plain";

    /// <summary>Longer than any test waits: a step that ends only when it is made to.</summary>
    public const double VeryLong = 120;
}

/// <summary>The input of a lab workflow.</summary>
internal sealed record LabInput(string Group, params IReadOnlyList<LabStep> Steps)
{
    public string? OnStop { get; init; }

    public double? CleanupSeconds { get; init; }

    public double? Process { get; init; }
}

internal sealed record LabStep(double Seconds)
{
    public bool? IgnoreStop { get; init; }

    public int? FailTimes { get; init; }

    public string? Output { get; init; }
}
