using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// What must hold of a run when it hears a message. Whoever sends one has looked at the run before, and it can change until it hears.
/// </summary>
/// <param name="Statuses">The statuses that it may have; none for any.</param>
internal sealed record RunCondition(ImmutableArray<RunStatus> Statuses)
{
    /// <summary>The statuses that it may have; none for any, as where a message leaves them out.</summary>
    public ImmutableArray<RunStatus> Statuses { get; } = Statuses.IsDefault ? [] : Statuses;

    /// <summary>Holds of every run.</summary>
    public static RunCondition None { get; } = new(ImmutableArray<RunStatus>.Empty);

    /// <summary>Holds of a run that has not started.</summary>
    public static RunCondition Queued { get; } = new([RunStatus.Queued]);

    /// <summary>Whether it holds of every run.</summary>
    [JsonIgnore]
    public bool IsNone => Statuses.IsEmpty;

    /// <summary>Whether a run of that status can meet it.</summary>
    public bool Allows(RunStatus status) => Statuses.IsEmpty || Statuses.Contains(status);

    /// <summary>Whether it holds.</summary>
    public bool Holds(RunRecord record) => Allows(record.Status);

    /// <inheritdoc />
    public override string ToString() => Statuses.IsEmpty
        ? "any run"
        : $"a run that is {Words.Or([.. Statuses.Select(status => status.ToString())])}";
}
