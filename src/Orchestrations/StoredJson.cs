using System.Text.Json;

namespace Preempt;

/// <summary>Reads JSON that others may have written: instances that are no runs, events that are no messages.</summary>
internal static class StoredJson
{
    /// <summary>The value; null when there is none, or it is something else.</summary>
    public static T? TryRead<T>(string? json)
        where T : class
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<T>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="TryRead{T}(string?)" />
    public static T? TryRead<T>(JsonElement json)
        where T : class
    {
        try
        {
            return json.Deserialize<T>();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Any JSON; null when it is none.</summary>
    public static JsonElement? TryReadAny(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
