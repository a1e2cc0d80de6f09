using System.Text.Json;

namespace Preempt.Client.Tests;

/// <summary>Inputs of the app's lab workflows, whose input says how they behave.</summary>
internal static class Lab
{
    public const string Plain = "lab-plain";
    public const string Queue = "lab-queue";
    public const string CancelInProgress = "lab-cancel-in-progress";

    /// <summary>Longer than any test waits: a step that ends only when it is made to.</summary>
    public const double VeryLong = 120;

    public static object Input(string group, params IReadOnlyList<double> seconds) =>
        new { group, steps = seconds.Select(each => new { seconds = each, output = JsonSerializer.SerializeToElement(each) }) };
}
