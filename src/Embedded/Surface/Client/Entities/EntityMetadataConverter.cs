using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>JSON of <see cref="EntityMetadata"/> and <see cref="EntityMetadata{TState}"/>.</summary>
internal sealed class EntityMetadataConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => StateOf(typeToConvert) is not null;

    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        typeToConvert == typeof(EntityMetadata)
            ? new Untyped()
            : (JsonConverter)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(StateOf(typeToConvert)!))!;

    private static Type? StateOf(Type type) =>
        type == typeof(EntityMetadata) ? typeof(SerializedData)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(EntityMetadata<>) ? type.GetGenericArguments()[0]
        : null;

    private sealed record Shape<TState>(
        EntityInstanceId Id, DateTimeOffset LastModifiedTime, int BacklogQueueSize, string? LockedBy, TState? State)
    {
        public static Shape<TState> Read(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<Shape<TState>>(ref reader, options) ?? throw new JsonException("An entity cannot be null.");
    }

    private sealed class Typed<TState> : JsonConverter<EntityMetadata<TState>>
    {
        public override EntityMetadata<TState> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Shape<TState> shape = Shape<TState>.Read(ref reader, options);
            return new(shape.Id, shape.State)
            {
                LastModifiedTime = shape.LastModifiedTime,
                BacklogQueueSize = shape.BacklogQueueSize,
                LockedBy = shape.LockedBy,
            };
        }

        public override void Write(Utf8JsonWriter writer, EntityMetadata<TState> value, JsonSerializerOptions options)
        {
            TState? state = value.IncludesState ? value.State : default;
            JsonSerializer.Serialize(
                writer,
                new Shape<TState>(value.Id, value.LastModifiedTime, value.BacklogQueueSize, value.LockedBy, state),
                options);
        }
    }

    private sealed class Untyped : JsonConverter<EntityMetadata>
    {
        public override EntityMetadata Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Shape<JsonElement?> shape = Shape<JsonElement?>.Read(ref reader, options);
            return new(shape.Id, shape.State is { } state ? new SerializedData(state.GetRawText()) : null)
            {
                LastModifiedTime = shape.LastModifiedTime,
                BacklogQueueSize = shape.BacklogQueueSize,
                LockedBy = shape.LockedBy,
            };
        }

        public override void Write(Utf8JsonWriter writer, EntityMetadata value, JsonSerializerOptions options)
        {
            JsonElement? state = value.IncludesState ? JsonElement.Parse(value.State.Value) : null;
            JsonSerializer.Serialize(
                writer,
                new Shape<JsonElement?>(value.Id, value.LastModifiedTime, value.BacklogQueueSize, value.LockedBy, state),
                options);
        }
    }
}
