namespace Preempt.AzureBench;

/// <summary>Times of one kind, in milliseconds.</summary>
internal sealed class Measured
{
    private readonly List<double> _milliseconds = [];

    public void Add(TimeSpan time)
    {
        lock (_milliseconds)
            _milliseconds.Add(time.TotalMilliseconds);
    }

    public override string ToString()
    {
        lock (_milliseconds)
        {
            double[] sorted = [.. _milliseconds.Order()];
            return sorted is [] ? "none" : $"p50 {At(sorted, 0.5),6:F0}  p90 {At(sorted, 0.9),6:F0}  most {sorted[^1],6:F0} ms of {sorted.Length}";
        }
    }

    private static double At(double[] sorted, double part) => sorted[(int)Math.Min(sorted.Length * part, sorted.Length - 1)];
}
