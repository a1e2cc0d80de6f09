using System.Text.Json;
using System.Text.Unicode;

namespace Preempt.Functions.Http;

/// <summary>Sees to it that a JSON body has only whole characters: text that cannot be written again must not be accepted.</summary>
internal static class JsonText
{
    /// <exception cref="ProblemException">The body is not UTF-8, or escapes half a character.</exception>
    public static void Check(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
            throw Api.Invalid("The body is not UTF-8.");
        if (body.IndexOf("\\u"u8) >= 0)
            CheckEscapes(body);
    }

    private static void CheckEscapes(ReadOnlySpan<byte> body)
    {
        string member = "The body";
        Utf8JsonReader reader = new(body);
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
            throw Api.Invalid($"{member}: has half a surrogate pair, which is not a character.");
        }
        catch (JsonException)
        {
            // Not JSON: whoever reads the body says so.
        }
    }
}
