using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>Options of a start.</summary>
public record StartOptions
{
    /// <summary>The highest <see cref="Priority"/>; its negative is the lowest.</summary>
    public const int MaxPriority = 1000;

    /// <summary>The most entries of <see cref="Metadata"/>.</summary>
    public const int MaxMetadata = 32;

    /// <summary>The most characters of a name of <see cref="Metadata"/>.</summary>
    public const int MaxMetadataNameLength = 64;

    /// <summary>The most characters of a value of <see cref="Metadata"/>.</summary>
    public const int MaxMetadataValueLength = 512;

    /// <summary>The concurrency key for the workflow's first rule, instead of the one that the rule computes; 512 characters at most.</summary>
    public string? Key { get; init; }

    /// <summary>Metadata to attach to the run: 32 entries at most. Names have no "=", and do not distinguish case.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>A shorter execution timeout than the workflow's.</summary>
    public Duration? Timeout { get; init; }

    /// <summary>A shorter schedule timeout than the workflow's.</summary>
    public Duration? ScheduleTimeout { get; init; }

    /// <summary>Of the runs that wait at a gate, the one with the highest priority goes first: -1000 to 1000, 0 by default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Priority { get; init; }

    /// <summary>The run's id; by default the app makes one. 1 to 100 characters: a letter or a digit, then letters, digits and <c>-_.:~</c>.</summary>
    public string? RunId { get; init; }
}
