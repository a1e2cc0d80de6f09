using System.Text.RegularExpressions;
using Preempt.Tests.Shared;

namespace Preempt.AzureBench;

/// <summary>
/// Counts the requests that Azurite answers, without those that come whether there is work or not: looking for messages, keeping leases and
/// looking into the feed.
/// </summary>
internal sealed partial class StorageRequests
{
    private int _count;

    public StorageRequests(Azurite storage) => storage.Wrote += Read;

    public int Count => Volatile.Read(ref _count);

    private void Read(string line)
    {
        if (RequestLine().Match(line) is { Success: true } request && !IsPolling(request.Groups["method"].Value, request.Groups["target"].Value))
            Interlocked.Increment(ref _count);
    }

    private static bool IsPolling(string method, string target) =>
        target.Contains("comp=lease", StringComparison.Ordinal)
        || target.Contains("comp=list", StringComparison.Ordinal)
        || target.Contains("comp=metadata", StringComparison.Ordinal)
        || (method == "GET" && (target.Contains("/messages", StringComparison.Ordinal) || target.Contains("PreemptStops", StringComparison.Ordinal)));

    [GeneratedRegex("\"(?<method>[A-Z]+) (?<target>\\S+) HTTP/")]
    private static partial Regex RequestLine();
}
