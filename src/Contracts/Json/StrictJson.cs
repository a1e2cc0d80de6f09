using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Preempt.Json;

/// <summary>
/// Reads JSON that came from outside, over HTTP or in a queue: nothing that is unknown, given twice or half a character is accepted.
/// </summary>
internal static class StrictJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        // Numbers are numbers, as booleans are booleans: "1" is text.
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    };

    /// <summary>Whether there is nothing in it.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> json) => json.Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>Reads an object.</summary>
    /// <exception cref="InvalidJsonException">It is not one, or not such a one.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        CheckCharacters(json);
        if (IsEmpty(json))
            throw new InvalidJsonException("The body is empty; a JSON object is expected.");
        return Deserialize<T>(json) ?? throw new InvalidJsonException("The body is null; a JSON object is expected.");
    }

    /// <summary>Reads any JSON; null when there is none.</summary>
    /// <exception cref="InvalidJsonException">It is not JSON.</exception>
    public static JsonElement? ReadAny(ReadOnlySpan<byte> json)
    {
        CheckCharacters(json);
        return IsEmpty(json) ? null : Deserialize<JsonElement>(json);
    }

    private static T? Deserialize<T>(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options);
        }
        catch (JsonException exception)
        {
            throw new InvalidJsonException(JsonMistake.Describe(exception, typeof(T), Options, "The body"));
        }
    }

    /// <summary>Text that cannot be written again must not be accepted.</summary>
    private static void CheckCharacters(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            throw new InvalidJsonException("The body is not UTF-8.");
        if (FindHalfCharacter(json) is { } member)
            throw new InvalidJsonException($"{member}: has half a surrogate pair, which is not a character.");
    }

    /// <summary>The member that has half a surrogate pair, or "The body"; null where there is none. JSON with one is read, and cannot be written again.</summary>
    public static string? FindHalfCharacter(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\u"u8) < 0)
            return null;
        string member = "The body";
        Utf8JsonReader reader = new(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                    member = reader.GetString()!;
                else if (reader.TokenType == JsonTokenType.String)
                    reader.GetString();
            }
        }
        catch (InvalidOperationException)
        {
            return member;
        }
        catch (JsonException)
        {
            // Not JSON: the reader of the body reports that.
        }

        return null;
    }
}

/// <summary>JSON from outside cannot be accepted; the message says why.</summary>
internal sealed class InvalidJsonException(string message) : Exception(message);
