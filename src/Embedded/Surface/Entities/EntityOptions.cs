namespace Microsoft.DurableTask.Entities;

/// <summary>How an entity is called.</summary>
public record CallEntityOptions;

/// <summary>How an entity is signalled.</summary>
public record SignalEntityOptions
{
    /// <summary>When the signal is delivered; null for at once.</summary>
    public DateTimeOffset? SignalTime { get; init; }

    /// <summary>Options with a time of delivery.</summary>
    /// <param name="value">The time.</param>
    public static implicit operator SignalEntityOptions(DateTimeOffset value) => new() { SignalTime = value };
}
