namespace Preempt.AzureBench;

/// <summary>Times of one kind, in milliseconds.</summary>
internal sealed class Measured
{
    private readonly List<double> _milliseconds = [];

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    public override string ToString()
    {
        Load.Percentiles times = Load.Percentiles.Of(_milliseconds);
        return $"p50 {times.P50,6:F0}  p90 {times.P90,6:F0}  most {_milliseconds.Max(),6:F0} ms of {_milliseconds.Count}";
    }
}
