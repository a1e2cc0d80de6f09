using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>Selects the runs that match all members. A member that is null or empty matches every run.</summary>
public sealed record RunFilter
{
    /// <summary>The most entries of <see cref="Metadata"/>.</summary>
    public const int MaxMetadata = 8;

    /// <summary>The workflow's name. With it, a search reads the runs of that workflow; without it, all runs of the app.</summary>
    public string? Workflow { get; init; }

    /// <summary>The concurrency key of the workflow's first rule. Together with the workflow, a search reads only the runs of that key.</summary>
    public string? Key { get; init; }

    /// <summary>Statuses; the run has one of them.</summary>
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

    /// <summary>The run's parent.</summary>
    public string? ParentId { get; init; }

    /// <summary>Text that the run's id, its key or a metadata value contains, in upper or lower case; 200 characters at most.</summary>
    public string? Text { get; init; }
}
