using System.Collections.Immutable;

namespace Preempt.Client;

/// <summary>Which runs: those that match all that is set.</summary>
public sealed record RunFilter
{
    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>The concurrency key of the workflow's first rule.</summary>
    public string? Key { get; init; }

    /// <summary>The statuses to choose from; any when empty.</summary>
    public ImmutableArray<RunStatus> Status { get; init; } = [];

    /// <summary>Accepted at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Accepted before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What the caller attached to it: all of these.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Cursor">Where the next page begins; null after the last.</param>
public sealed record Page<T>(ImmutableArray<T> Items, string? Cursor = null);
