using System.Text.Json.Serialization;

namespace Preempt.Load;

/// <summary>One measurement. What it does not measure is null.</summary>
internal sealed record Result(string Store, string Scenario, string What)
{
    /// <summary>Of the rounds' rates, the median.</summary>
    public double? PerSecond { get; init; }

    public IReadOnlyList<double>? Rounds { get; init; }

    public Percentiles? LatencyMs { get; init; }

    /// <summary>From the start of the process to its first answer.</summary>
    public double? StartMs { get; init; }

    public long? AllocatedBytesEach { get; init; }

    public long WorkingSetMb { get; init; }

    public override string ToString()
    {
        string rate = PerSecond is { } perSecond ? $"{perSecond,8:F0}/s ({Rounds!.Min():F0}-{Rounds!.Max():F0})" : "";
        string latency = LatencyMs is { } ms ? $"p50 {ms.P50:F2} ms  p90 {ms.P90:F2} ms  p99 {ms.P99:F2} ms" : "";
        string start = StartMs is { } startMs ? $"start {startMs:F0} ms" : "";
        return $"{Store,-7} {What,-58} {rate,-24} {latency,-46} {start,-14} {WorkingSetMb} MB";
    }
}

/// <summary>All measurements of one call of this program, and where they were taken.</summary>
internal sealed record Report(DateTimeOffset At, int Cores, string Runtime, string System, IReadOnlyList<Result> Results);

[JsonSerializable(typeof(Report))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
internal sealed partial class ReportJson : JsonSerializerContext;
