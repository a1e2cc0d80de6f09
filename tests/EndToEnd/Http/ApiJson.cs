using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Preempt.EndToEnd.Http;

/// <summary>How the API writes JSON: camel case to the letter, nothing missing, times as RFC 3339 in UTC with milliseconds.</summary>
internal static partial class ApiJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new TimeConverter() },
    };

    private sealed partial class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text && UtcWithMilliseconds().IsMatch(text)
                ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
                : throw new JsonException("a time is RFC 3339 in UTC with milliseconds at least");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);

        [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}(Z|\+00:00)$")]
        private static partial Regex UtcWithMilliseconds();
    }
}
