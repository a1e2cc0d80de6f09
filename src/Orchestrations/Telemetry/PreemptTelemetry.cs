using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Preempt;

/// <summary>
/// The metrics and traces of Preempt: an <see cref="ActivitySource"/> and a <see cref="Meter"/>, both named
/// <see cref="Name"/>. Without a listener they cost almost nothing. Each instrument and tag is described in docs/operations.md.
/// </summary>
public static class PreemptTelemetry
{
    /// <summary>The name of the source of traces, and of the meter.</summary>
    public const string Name = "Preempt";

    private static readonly string? Version = typeof(PreemptTelemetry).Assembly.GetName().Version?.ToString(3);
    private static readonly Meter Meter = new(Name, Version);

    internal static readonly ActivitySource Source = new(Name, Version);

    internal static readonly Counter<long> Runs =
        Meter.CreateCounter<long>("preempt.runs", "{run}", "Runs that have ended.");

    internal static readonly Histogram<double> QueueDuration =
        Meter.CreateHistogram<double>("preempt.run.queue.duration", "s", "From when a run was accepted until its code began, or until it ended without starting.");

    internal static readonly Histogram<double> RunDuration =
        Meter.CreateHistogram<double>("preempt.run.duration", "s", "From when a run's code began until the run ended.");

    internal static readonly Histogram<double> StopDuration =
        Meter.CreateHistogram<double>("preempt.stop.duration", "s", "From a stop request until its run ended.");

    internal static readonly Histogram<double> StopDelay =
        Meter.CreateHistogram<double>("preempt.stop.delay", "s", "From a stop request until the token of a running step fired.");

    internal static readonly Histogram<double> StepDuration =
        Meter.CreateHistogram<double>("preempt.step.duration", "s", "How long an attempt of a step worked.");

    internal static readonly Histogram<double> GateWait =
        Meter.CreateHistogram<double>("preempt.gate.wait", "s", "How long a run has waited for its gates so far, each time it asks again.");

    internal static readonly Histogram<int> GateHolders =
        Meter.CreateHistogram<int>("preempt.gate.holders", "{run}", "Runs that hold a gate, after each change of it.");

    internal static readonly Histogram<int> GateWaiters =
        Meter.CreateHistogram<int>("preempt.gate.waiters", "{run}", "Runs that wait at a gate, after each change of it.");
}
