using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Preempt.Json;

/// <summary>Says what is wrong with somebody's JSON in words of JSON: the serializer's own messages speak of .NET types.</summary>
internal static partial class JsonMistake
{
    /// <summary>The place of a mistake and what is expected there.</summary>
    /// <param name="exception">What the serializer says.</param>
    /// <param name="type">What was to be read.</param>
    /// <param name="options">How.</param>
    /// <param name="whole">What the JSON is called where the mistake has no place, as in "The body".</param>
    public static string Describe(JsonException exception, Type type, JsonSerializerOptions options, string whole)
    {
        string message = WithoutPlace(exception.Message);
        string? path = exception.Path is { Length: > 2 } found && found[0] == '$' ? found[1..].TrimStart('.') : null;
        if (Missing().Match(message) is { Success: true } missing)
            return $"{Place(path, whole)} lacks {missing.Groups["names"].Value.Replace('\'', '"')}.";
        if (Unknown().Match(message) is { Success: true } unknown)
        {
            string name = unknown.Groups["name"].Value;
            // The path ends with the member that is not known.
            JsonTypeInfo? owner = Find(options, type, path is not null && Segments(path) is [.. var above, _] ? above : []);
            string accepted = owner is { Properties.Count: > 0 } ? $"; accepted are {string.Join(", ", owner.Properties.Select(property => property.Name))}" : "";
            return $"{path ?? (name.Length > 0 ? name : "\"\"")}: there is no such member{accepted}.";
        }

        if (Inconvertible().IsMatch(message))
        {
            string expected = Expected(Find(options, type, path is null ? [] : Segments(path))?.Type);
            return $"{Place(path, whole, ":")} {(path is null && expected == "an object" ? "a JSON object" : expected)} is expected.";
        }

        if (NullNotAllowed().IsMatch(message))
            return $"{Place(path, whole)} must not be null.";
        return path is null ? $"{whole} cannot be read: {exception.Message}" : $"{path}: {message}";
    }

    /// <summary>What is written for a .NET type in JSON, in words.</summary>
    public static string Expected(Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            null => "another value",
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type).Where(name => name != "Unknown").Select(name => $"\"{name}\""))}",
            _ when type == typeof(string) || type == typeof(char) => "text",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(Guid) => "a UUID in quotes",
            _ when type == typeof(Duration) || type == typeof(TimeSpan) => "a duration in quotes, such as \"90s\",",
            _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => "a time in quotes, such as \"2026-11-25T08:30:00Z\",",
            _ when IsWhole(type) => "a whole number",
            _ when type.IsPrimitive || type == typeof(decimal) => "a number",
            _ when typeof(IDictionary).IsAssignableFrom(type) || IsMap(type) => "an object",
            _ when typeof(IEnumerable).IsAssignableFrom(type) => "a list",
            _ => "an object",
        };
    }

    private static bool IsWhole(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64;

    private static bool IsMap(Type type) => type.GetInterfaces().Append(type)
        .Any(part => part.IsGenericType && part.GetGenericTypeDefinition() is { } open && (open == typeof(IReadOnlyDictionary<,>) || open == typeof(IDictionary<,>)));

    private static string Place(string? path, string whole, string after = "") => path is null ? whole + after : path + after;

    /// <summary>The serializer ends its own messages with where it was.</summary>
    private static string WithoutPlace(string message) =>
        message.IndexOf(" Path: $", StringComparison.Ordinal) is >= 0 and int place ? message[..place] : message;

    /// <summary>The names and indexes of a place, such as <c>a['odd name'][3]</c>; the serializer quotes odd names, and escapes nothing in them.</summary>
    private static string[] Segments(string path) => [.. PathSegment().Matches(path).Select(match => match.Groups["name"].Value)];

    /// <summary>The type at a place below another; null where that cannot be told.</summary>
    private static JsonTypeInfo? Find(JsonSerializerOptions options, Type type, IEnumerable<string> path)
    {
        try
        {
            JsonSerializerOptions readable = new(options);
            readable.MakeReadOnly(populateMissingResolver: true);
            JsonTypeInfo? found = readable.GetTypeInfo(type);
            foreach (string segment in path)
            {
                Type? next = found?.Kind switch
                {
                    JsonTypeInfoKind.Object => found.Properties.FirstOrDefault(
                        property => property.Name.Equals(segment, StringComparison.OrdinalIgnoreCase))?.PropertyType,
                    JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => found.ElementType,
                    _ => null,
                };
                found = next is null ? null : readable.GetTypeInfo(next);
            }

            return found;
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    [GeneratedRegex("missing required properties including: (?<names>.+?)\\.?$")]
    private static partial Regex Missing();

    [GeneratedRegex("^The JSON property '(?<name>.*)' could not be mapped to any \\.NET member", RegexOptions.Singleline)]
    private static partial Regex Unknown();

    [GeneratedRegex("^The JSON value could not be converted to ")]
    private static partial Regex Inconvertible();

    [GeneratedRegex("doesn't allow (setting )?null values|cannot be null", RegexOptions.IgnoreCase)]
    private static partial Regex NullNotAllowed();

    [GeneratedRegex(@"\['(?<name>.*?)'\](?=[.\[]|$)|\[(?<name>[0-9]+)\]|(?<name>[^.\[\]]+)", RegexOptions.Singleline)]
    private static partial Regex PathSegment();
}
