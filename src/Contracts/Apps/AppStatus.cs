using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>The app's mode, and how far it has taken effect. Times are UTC.</summary>
/// <param name="Mode">What the app does with its runs.</param>
/// <param name="Refuse">Whether starts are refused in this mode.</param>
/// <param name="Since">When the mode was last changed; null if it never was.</param>
/// <param name="IsDrained">Whether nothing runs any more; null while the app does not drain.</param>
/// <param name="Running">The runs whose code ran at <c>LookedAt</c>; null while the app does not drain.</param>
/// <param name="Waiting">The runs that had not started at <c>LookedAt</c>; null while the app does not drain.</param>
/// <param name="LookedAt">When the runs were counted.</param>
public sealed record AppStatus(
    AppMode Mode,
    bool Refuse,
    DateTimeOffset? Since = null,
    bool? IsDrained = null,
    int? Running = null,
    int? Waiting = null,
    DateTimeOffset? LookedAt = null)
{
    /// <summary>The app, its versions and its backend; null from an older app.</summary>
    public AppDescription? App { get; init; }
}

/// <summary>What an app does with its runs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AppMode>))]
public enum AppMode
{
    /// <summary>Read by an older client from a newer app: a mode that the client does not know.</summary>
    Unknown = -1,

    /// <summary>Runs are admitted as their gates have room.</summary>
    Running,

    /// <summary>No run is admitted; running runs go on to their ends.</summary>
    Draining,

    /// <summary>No run is admitted; running runs are asked to stop, with the reason <see cref="StopReason.Shutdown"/>.</summary>
    Stopping,
}

/// <summary>Whether an app responds.</summary>
/// <param name="Status"><c>Healthy</c> if it does.</param>
public sealed record Health(string Status);
