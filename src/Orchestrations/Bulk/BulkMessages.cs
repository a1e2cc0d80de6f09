using System.Collections.Immutable;

namespace Preempt;

/// <summary>A search for runs.</summary>
/// <param name="Filter">Which.</param>
/// <param name="From">Where to begin.</param>
internal sealed record BulkSearch(RunFilter Filter, BulkPlace From);

/// <summary>Some runs.</summary>
/// <param name="RunIds">Their ids.</param>
/// <param name="Next">Where to go on; null after the last.</param>
internal sealed record BulkPage(ImmutableArray<string> RunIds, BulkPlace? Next);

/// <summary>How many of the runs there are up to a place.</summary>
/// <param name="Count">How many.</param>
/// <param name="Next">Where to go on; null after the last.</param>
internal sealed record BulkCount(int Count, BulkPlace? Next);

/// <summary>What to do with some runs.</summary>
/// <param name="OperationId">The operation.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="RunIds">The runs.</param>
internal sealed record BulkTask(string OperationId, BulkKind Kind, string? Reason, ImmutableArray<string> RunIds)
{
    /// <summary>What must hold of each run when its turn comes; null where the runs were listed.</summary>
    public RunFilter? Filter { get; init; }

    /// <summary>The event that the runs are told of.</summary>
    public ToldEvent? Event { get; init; }
}

/// <summary>What came of a <see cref="BulkTask"/>.</summary>
/// <param name="Done">Runs with which it was done.</param>
/// <param name="NothingToDo">Runs that needed it no more when their turn came.</param>
/// <param name="Failed">Runs with which it could not be done.</param>
internal sealed record BulkResult(int Done, int NothingToDo, int Failed)
{
    /// <summary>The first runs with which it was done.</summary>
    public ImmutableArray<string> DoneWith { get; init; } = [];

    /// <summary>The first failures.</summary>
    public ImmutableArray<BulkFailure> Failures { get; init; } = [];
}
