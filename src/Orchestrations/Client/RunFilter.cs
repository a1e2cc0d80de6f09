using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace Preempt;

/// <summary>Which runs are meant. What is not said is no condition.</summary>
public sealed record RunFilter
{
    /// <summary>The most entries of <see cref="Metadata"/>.</summary>
    public const int MaxMetadata = 8;

    private static readonly DateTimeOffset LatestTime = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The workflow's name. With it a search reads the runs of that workflow, without it all that the app has.</summary>
    public string? Workflow { get; init; }

    /// <summary>The concurrency key of the workflow's first rule. With the workflow a search reads the runs of that key only.</summary>
    public string? Key { get; init; }

    /// <summary>The statuses, one of which the run has; none for any.</summary>
    public IReadOnlyList<RunStatus> Status { get; init; } = [];

    /// <summary>Accepted at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Accepted at or before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Entries that the run's metadata has, 8 at most.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether nothing is said.</summary>
    internal bool IsEmpty => this is { Workflow: null, Key: null, Status.Count: 0, Since: null, Until: null, Metadata.Count: 0 };

    /// <summary>How the ids of the runs begin, of those whose ids were made here.</summary>
    internal string Prefix => (Workflow, Key) switch
    {
        (null, _) => "",
        (var workflow, null) => RunId.Prefix(workflow),
        var (workflow, key) => RunId.Prefix(workflow, key),
    };

    /// <summary>Checks the filter, and writes the workflow's name as it is written in ids.</summary>
    /// <exception cref="InvalidRunException">A condition cannot be met by any run.</exception>
    internal RunFilter Check()
    {
        string? workflow = Workflow?.ToLowerInvariant();
        if (workflow is not null && WorkflowNames.Validate(workflow) is { } error)
            throw new InvalidRunException(error);
        if (Key is { Length: > KeyTemplate.MaxKeyLength })
            throw new InvalidRunException($"key: {KeyTemplate.MaxKeyLength} characters at most; these are {Key.Length}.");
        foreach (RunStatus status in Status.Where(status => !Enum.IsDefined(status)))
            throw new InvalidRunException($"status {status}: {Words.Or(Enum.GetNames<RunStatus>())} is expected.");
        CheckTime(Since, "since");
        CheckTime(Until, "until");
        if (Since > Until)
            throw new InvalidRunException("since: later than until, so no run can be meant.");
        return Metadata.Count <= MaxMetadata
            ? this with { Workflow = workflow }
            : throw new InvalidRunException($"metadata: {MaxMetadata} entries at most; these are {Metadata.Count}.");
    }

    private static void CheckTime(DateTimeOffset? time, string name)
    {
        if (time < DateTimeOffset.UnixEpoch || time > LatestTime)
            throw new InvalidRunException($"{name}: a time from 1970 to 2200 is expected.");
    }

    /// <summary>Whether a run is meant.</summary>
    internal bool Matches(Run run) =>
        (Workflow is null || run.Workflow == Workflow)
        && (Key is null || run.Key == Key)
        && (Status.Count == 0 || Status.Contains(run.Status))
        && (Since is null || run.QueuedAt >= Since)
        && (Until is null || run.QueuedAt <= Until)
        && Metadata.All(entry => run.Metadata.TryGetValue(entry.Key, out string? value) && value == entry.Value);

    /// <summary>A short text that tells this filter from others.</summary>
    internal string Fingerprint()
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(this with { Metadata = Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal) });
        return Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, 6));
    }
}
