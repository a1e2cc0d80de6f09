namespace Preempt.EndToEnd.Http;

/// <summary>A gate as the API shows it.</summary>
internal sealed record Gate(
    string Workflow, string Key, int MaxRuns, string Strategy, long LastToken, IReadOnlyList<GateHolder> Holders, IReadOnlyList<GateWaiter> Waiters,
    int Healed);

internal sealed record GateHolder(string RunId, long Token);

internal sealed record GateWaiter(string RunId);

/// <summary>A page of a list.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Cursor = null);
