using System.Text.Json;
using System.Text.Json.Serialization;
using Preempt.Json;

namespace Preempt.Client.Json;

/// <summary>How this client reads and writes JSON: camelCase, nothing that is null, durations as text, times in UTC.</summary>
internal static class ClientJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new TolerantEnumConverter(), new UtcTimeConverter() },
    };
}
