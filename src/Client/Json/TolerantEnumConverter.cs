using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt.Client.Json;

/// <summary>
/// Reads the API's enums by name. A name of a newer app is read as the member <c>Unknown</c>, so that an older client reads on.
/// </summary>
internal sealed class TolerantEnumConverter : JsonConverterFactory
{
    private const string Unknown = nameof(Unknown);

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum && Enum.IsDefined(typeToConvert, Unknown);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    private sealed class Of<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<string, T> ByName = Enum.GetValues<T>().ToDictionary(NameOf, StringComparer.Ordinal);

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException($"A {typeof(T).Name} is text.");
            return ByName.TryGetValue(reader.GetString()!, out T value) ? value : Enum.Parse<T>(Unknown);
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(NameOf(value));

        private static string NameOf(T value) =>
            typeof(T).GetField(value.ToString())?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? value.ToString();
    }
}
