namespace Preempt.EndToEnd.Http;

/// <summary>A bulk operation as the API shows it.</summary>
internal sealed record Operation(
    string Id,
    string Kind,
    string Status,
    int Total,
    int Done,
    int Failed,
    DateTimeOffset StartedAt,
    bool DryRun,
    IReadOnlyList<OperationFailure> Failures,
    int NothingToDo,
    string? Reason = null,
    DateTimeOffset? EndedAt = null);

internal sealed record OperationFailure(string RunId, string Detail);

/// <summary>A run in words.</summary>
internal sealed record Explanation(string RunId, string Status, IReadOnlyList<string> Sentences, string Text);
