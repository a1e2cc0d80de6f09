namespace Preempt.EndToEnd.Http;

/// <summary>A gate as the API shows it.</summary>
internal sealed record Gate(
    string? Workflow, string Key, int MaxRuns, string Strategy, long LastToken, IReadOnlyList<GateHolder> Holders, IReadOnlyList<GateWaiter> Waiters,
    int Healed, string? Rule = null);

internal sealed record GateHolder(string RunId, long Token, string? Workflow = null);

internal sealed record GateWaiter(string RunId, string? Workflow = null);

/// <summary>A page of a list.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Cursor = null);
