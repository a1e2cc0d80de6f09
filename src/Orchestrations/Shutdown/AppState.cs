using System.Collections.Immutable;

namespace Preempt;

/// <summary>The mode of an app, for all its processes. Survives a restart.</summary>
internal sealed record AppState
{
    /// <summary>What the app does with its runs.</summary>
    public AppMode Mode { get; init; }

    /// <summary>Whether starts are refused while the app drains; otherwise they are accepted and wait.</summary>
    public bool Refuse { get; init; }

    /// <summary>When the mode was last changed, UTC; null when it never was.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Grows with every change.</summary>
    public long Generation { get; init; }

    /// <summary>The rules that have limits that were changed at run time, each with the number of the change that said so last.</summary>
    public ImmutableDictionary<string, long> Limited { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>The latest requests, by id: a request that arrives again changes nothing.</summary>
    public ImmutableArray<string> Requests { get; init; } = [];

    /// <summary>Whether a request has been done, or was nothing to do.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Whether it is among the latest.</returns>
    public bool Knows(AppModeRequest request) => Requests.Contains(request.Id);
}

/// <summary>What is asked of an app.</summary>
/// <param name="Mode">The mode. To drain an app that drains already is to stop it.</param>
/// <param name="Refuse">Whether starts are refused while the app drains.</param>
/// <param name="Now">The time, UTC.</param>
/// <param name="Id">Names the request: sent again, it is not another.</param>
internal sealed record AppModeRequest(AppMode Mode, bool Refuse, DateTimeOffset Now, string Id);
