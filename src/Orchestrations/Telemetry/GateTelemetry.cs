using System.Diagnostics;

namespace Preempt;

/// <summary>The metrics of gates, by workflow: a tag for each key would be one series for each user.</summary>
internal static class GateTelemetry
{
    /// <summary>A gate has changed.</summary>
    /// <param name="gate">The entity's key.</param>
    /// <param name="state">What it remembers now.</param>
    public static void Changed(string gate, GateState state)
    {
        TagList tags = new() { { Tags.Workflow, GateId.OwnerOf(gate) } };
        PreemptTelemetry.GateHolders.Record(state.Holders.Length, tags);
        PreemptTelemetry.GateWaiters.Record(state.Waiters.Length, tags);
    }

    /// <summary>A run waits, or has waited.</summary>
    public static void Waited(string workflow, TimeSpan time) =>
        PreemptTelemetry.GateWait.Record(Math.Max(0, time.TotalSeconds), new TagList { { Tags.Workflow, workflow } });
}
