namespace Microsoft.DurableTask;

/// <summary>Turns values into the text that is stored, and back.</summary>
public abstract class DataConverter
{
    /// <summary>A value as text; null for null.</summary>
    /// <param name="value">The value.</param>
    public abstract string? Serialize(object? value);

    /// <summary>Text as a value; null for null.</summary>
    /// <param name="data">The text.</param>
    /// <param name="targetType">The type of the value.</param>
    public abstract object? Deserialize(string? data, Type targetType);

    /// <summary>Text as a value; the default for null.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="data">The text.</param>
    public virtual T? Deserialize<T>(string? data) => (T?)(Deserialize(data, typeof(T)) ?? default(T));
}
