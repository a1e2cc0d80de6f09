using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.DurableTask.Entities;

/// <summary>The id of an entity: its name, lower-cased, and its key. As text: <c>@name@key</c>.</summary>
[JsonConverter(typeof(EntityInstanceId.JsonConverter))]
public readonly record struct EntityInstanceId
{
    /// <summary>Makes an id.</summary>
    /// <param name="name">The entity's name, without <c>@</c>.</param>
    /// <param name="key">The entity's key.</param>
    /// <exception cref="ArgumentException">The name is empty or holds an <c>@</c>.</exception>
    public EntityInstanceId(string name, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        if (name.Contains('@', StringComparison.Ordinal))
            throw new ArgumentException($"entity name \"{name}\": a name cannot hold an '@'", nameof(name));
        Name = name.ToLowerInvariant();
        Key = key;
    }

    /// <summary>The entity's name, lower-cased.</summary>
    public string Name { get; }

    /// <summary>The entity's key.</summary>
    public string Key { get; }

    /// <summary>Reads <c>@name@key</c>.</summary>
    /// <param name="instanceId">The text.</param>
    /// <exception cref="ArgumentException">The text is not of that form.</exception>
    public static EntityInstanceId FromString(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        int separator = instanceId[0] == '@' ? instanceId.IndexOf('@', 1) : -1;
        if (separator < 2)
            throw new ArgumentException($"entity id \"{instanceId}\": expected \"@name@key\"", nameof(instanceId));
        return new(instanceId[1..separator], instanceId[(separator + 1)..]);
    }

    /// <inheritdoc />
    public override string ToString() => $"@{Name}@{Key}";

    private sealed class JsonConverter : JsonConverter<EntityInstanceId>
    {
        public override EntityInstanceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { Length: > 0 } text ? FromString(text) : default;

        public override void Write(Utf8JsonWriter writer, EntityInstanceId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
