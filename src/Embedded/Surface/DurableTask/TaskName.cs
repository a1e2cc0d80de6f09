namespace Microsoft.DurableTask;

/// <summary>The name of an orchestrator, activity or entity. Names differ by more than case.</summary>
public readonly struct TaskName : IEquatable<TaskName>
{
    private readonly string? _name;

    /// <summary>Makes a name.</summary>
    /// <param name="name">The text of the name.</param>
    public TaskName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _name = name;
    }

    /// <summary>The text of the name; empty for the default value.</summary>
    public string Name => _name ?? string.Empty;

    /// <summary>Text as a name.</summary>
    /// <param name="value">The text.</param>
    public static implicit operator TaskName(string value) => new(value);

    /// <summary>A name as text.</summary>
    /// <param name="value">The name.</param>
    public static implicit operator string(TaskName value) => value.Name;

    /// <summary>Whether two names are the same, whatever their case.</summary>
    /// <param name="a">One name.</param>
    /// <param name="b">Another name.</param>
    public static bool operator ==(TaskName a, TaskName b) => a.Equals(b);

    /// <summary>Whether two names differ by more than case.</summary>
    /// <param name="a">One name.</param>
    /// <param name="b">Another name.</param>
    public static bool operator !=(TaskName a, TaskName b) => !a.Equals(b);

    /// <inheritdoc />
    public bool Equals(TaskName other) => string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is TaskName other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Name);

    /// <inheritdoc />
    public override string ToString() => Name;
}
