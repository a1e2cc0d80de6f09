using System.Text.Json;
using System.Text.Json.Nodes;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>Payloads as the API shows them: JSON as it is, and a text that is no JSON as a string.</summary>
internal static class Payload
{
    public static JsonElement ToElement(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }

    public static JsonNode? ToNode(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
