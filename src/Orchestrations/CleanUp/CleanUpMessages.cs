using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What Preempt leaves behind in the app's store, beside the runs themselves.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LeftoverKind>))]
internal enum LeftoverKind
{
    /// <summary>Orchestrations that told runs of their admission.</summary>
    HandOffs,

    /// <summary>Orchestrations that deleted runs.</summary>
    Deletions,

    /// <summary>Orchestrations that told the runs of a change of the app's mode.</summary>
    ModeChanges,

    /// <summary>Orchestrations that told gates of a change of limits.</summary>
    LimitChanges,

    /// <summary>Bulk operations that have ended.</summary>
    Operations,

    /// <summary>Claims of idempotency keys.</summary>
    Claims,

    /// <summary>Runs that have ended, where the app is set to keep them for a limited time.</summary>
    Runs,
}

/// <summary>One page of leftovers to remove.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
internal sealed record CleanUpPage(LeftoverKind Kind, string? Cursor = null);

/// <summary>What became of a page.</summary>
/// <param name="Cursor">Where the page ended; null after the last.</param>
internal sealed record CleanUpResult(string? Cursor);
