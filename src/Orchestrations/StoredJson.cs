using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Preempt.Json;

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
        catch (Exception exception) when (IsNotJson(exception))
        {
            return null;
        }
    }

    /// <summary>The value that others have sent; null when it is something else, or could not be written again: what it is part of is kept.</summary>
    public static T? TryRead<T>(JsonElement json)
        where T : class
    {
        try
        {
            return StrictJson.FindHalfCharacter(JsonMarshal.GetRawUtf8Value(json)) is null ? json.Deserialize<T>() : null;
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
        catch (Exception exception) when (IsNotJson(exception))
        {
            return null;
        }
    }

    /// <summary>Text with half a surrogate pair is refused with another exception than the rest.</summary>
    private static bool IsNotJson(Exception exception) => exception is JsonException or ArgumentException { InnerException: EncoderFallbackException };
}
