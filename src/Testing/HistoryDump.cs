using System.Globalization;
using System.Text;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Testing;

/// <summary>Histories as text, for the message of a test whose wait failed.</summary>
internal static class HistoryDump
{
    private const int MaxInstances = 20;
    private const int MaxEvents = 200;

    /// <summary>What an instance is, and its latest events.</summary>
    public static string Of(IStore store, string instanceId)
    {
        if (store.FindInstance(instanceId) is not { } header)
            return $"There is no instance '{instanceId}'.";
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{header.InstanceId} ({header.Name}) is {header.Status}, with the custom status {header.CustomStatus ?? "null"}");
        IReadOnlyList<HistoryEvent> history = store.ReadHistory(instanceId);
        if (history.Count > MaxEvents)
            text.AppendLine(CultureInfo.InvariantCulture, $"  ... {history.Count - MaxEvents} earlier events");
        foreach (HistoryEvent happened in history.TakeLast(MaxEvents))
            text.Append("  ").AppendLine(happened.ToString());
        return text.ToString();
    }

    /// <summary>All instances that have not ended.</summary>
    public static string OfUnfinished(IStore store)
    {
        IReadOnlyList<InstanceHeader> unfinished = store.ReadUnfinished().Instances;
        StringBuilder text = new();
        foreach (InstanceHeader header in unfinished.Take(MaxInstances))
            text.Append(Of(store, header.InstanceId));
        if (unfinished.Count > MaxInstances)
            text.AppendLine(CultureInfo.InvariantCulture, $"... and {unfinished.Count - MaxInstances} more");
        return text.ToString();
    }
}
