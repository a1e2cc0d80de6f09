using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.DurableTask;

namespace Preempt.Embedded.Engine;

/// <summary>
/// Makes JSON as the isolated worker does: with the app's <c>WorkerOptions.Serializer</c>, by the value's own type. The default is
/// System.Text.Json without regard to the case of names.
/// </summary>
internal sealed class WorkerJson : DataConverter
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    private readonly ObjectSerializer? _serializer;

    private WorkerJson(ObjectSerializer? serializer) => _serializer = serializer;

    /// <summary>The converter of an app that has not chosen a serializer.</summary>
    public static WorkerJson Default { get; } = new(null);

    /// <summary>The converter of an app.</summary>
    /// <param name="serializer">What the app has set in its <c>WorkerOptions</c>; null for the default.</param>
    public static WorkerJson Of(ObjectSerializer? serializer) => serializer is null ? Default : new(serializer);

    /// <inheritdoc />
    public override string? Serialize(object? value)
    {
        if (value is null)
            return null;
        return _serializer is null
            ? JsonSerializer.Serialize(value, value.GetType(), Options)
            : _serializer.Serialize(value, value.GetType()).ToString();
    }

    /// <inheritdoc />
    public override object? Deserialize(string? data, Type targetType)
    {
        if (data is null)
            return null;
        return _serializer is null
            ? JsonSerializer.Deserialize(data, targetType, Options)
            : _serializer.Deserialize(BinaryData.FromString(data).ToStream(), targetType, CancellationToken.None);
    }
}
