namespace Preempt.Load;

/// <summary>How long it took, in milliseconds: half of the time, nine times in ten, 99 times in a hundred no longer than that.</summary>
internal sealed record Percentiles(double P50, double P90, double P99)
{
    public static Percentiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Percentiles(At(sorted, 0.50), At(sorted, 0.90), At(sorted, 0.99));
    }

    private static double At(double[] sorted, double part) => sorted[(int)Math.Min(sorted.Length * part, sorted.Length - 1)];
}
