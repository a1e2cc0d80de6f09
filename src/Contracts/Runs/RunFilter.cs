using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>Which runs: those that match all members. A member that is null or empty matches every run.</summary>
public sealed record RunFilter
{
    /// <summary>The most entries of <see cref="Metadata"/>.</summary>
    public const int MaxMetadata = 8;

    /// <summary>The workflow's name. With it a search reads the runs of that workflow, without it all that the app has.</summary>
    public string? Workflow { get; init; }

    /// <summary>The concurrency key of the workflow's first rule. With the workflow a search reads the runs of that key only.</summary>
    public string? Key { get; init; }

    /// <summary>The statuses, one of which the run has.</summary>
    [AllowNull]
    public IReadOnlyList<RunStatus> Status
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Accepted at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Accepted at or before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Entries that the run's metadata has, 8 at most. Names do not distinguish case, values do.</summary>
    [AllowNull]
    public IReadOnlyDictionary<string, string> Metadata
    {
        get;
        init => field = value ?? ImmutableDictionary<string, string>.Empty;
    } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The most characters of <see cref="Text"/>.</summary>
    public const int MaxText = 200;

    /// <summary>The run that started it.</summary>
    public string? ParentId { get; init; }

    /// <summary>What the run's id, its key or a value of its metadata contains, without regard to case; 200 characters at most.</summary>
    public string? Text { get; init; }
}
