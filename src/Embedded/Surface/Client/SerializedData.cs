using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Client;

/// <summary>A value as stored, with what reads it.</summary>
public sealed class SerializedData
{
    /// <summary>Makes serialized data.</summary>
    /// <param name="data">The text.</param>
    /// <param name="converter">What reads it; <see cref="JsonDataConverter.Default"/> if null.</param>
    public SerializedData(string data, DataConverter? converter = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Value = data;
        Converter = converter ?? JsonDataConverter.Default;
    }

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>What reads it.</summary>
    public DataConverter Converter { get; }

    /// <summary>The value.</summary>
    /// <typeparam name="T">The type of it.</typeparam>
    public T ReadAs<T>() => Converter.Deserialize<T>(Value)!;
}
