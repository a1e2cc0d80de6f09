using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using Preempt.Json;

namespace Preempt.Http.OpenApi;

/// <summary>The schemas of the API's types: each type of this project once, under its name, and referred to from elsewhere.</summary>
internal sealed class ApiSchemas
{
    private readonly SortedDictionary<string, JsonNode?> _components = new(StringComparer.Ordinal);

    /// <summary>The schemas so far, by name.</summary>
    public JsonObject Components => new(_components.Select(component => KeyValuePair.Create(component.Key, component.Value?.DeepClone())));

    /// <summary>The schema of what the API takes.</summary>
    public JsonNode OfRequest(Type type) => Of(type, StrictJson.Options, isAnswer: false);

    /// <summary>The schema of what the API answers.</summary>
    public JsonNode OfAnswer(Type type) => Of(type, JsonAnswer.Options, isAnswer: true);

    /// <summary>The schema of a page of what the API answers.</summary>
    public JsonNode OfPage(Type items) => new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["items"] = new JsonObject { ["type"] = "array", ["items"] = OfAnswer(items) },
            ["cursor"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = "The cursor of the next page; null after the last page." },
        },
        ["required"] = new JsonArray("items", "cursor"),
    };

    private JsonNode Of(Type type, JsonSerializerOptions options, bool isAnswer)
    {
        if (type == typeof(GateOrPage))
            return new JsonObject { ["anyOf"] = new JsonArray(OfAnswer(typeof(Gate)), OfPage(typeof(Gate))) };
        if (type == typeof(JsonObject))
            return new JsonObject { ["type"] = "object" };
        if (IsNamed(type))
            return Refer(type, options, isAnswer, isNullable: false);
        return Export(type, options, isAnswer);
    }

    private JsonObject Refer(Type type, JsonSerializerOptions options, bool isAnswer, bool isNullable)
    {
        string name = type == typeof(CancelOptions) ? "CancelRequest" : type.Name;
        if (!_components.ContainsKey(name))
        {
            // In place before it is made, because a type can refer to itself.
            _components[name] = null;
            _components[name] = Export(type, options, isAnswer);
        }

        JsonObject reference = new() { ["$ref"] = $"#/components/schemas/{name}" };
        return isNullable ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) } : reference;
    }

    private JsonNode Export(Type type, JsonSerializerOptions options, bool isAnswer)
    {
        // Options that nothing has been read or written with yet are not complete.
        options.MakeReadOnly(populateMissingResolver: true);
        return JsonSchemaExporter.GetJsonSchemaAsNode(options, type, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, schema) => Transform(context, schema, type, options, isAnswer),
        });
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema, Type root, JsonSerializerOptions options, bool isAnswer)
    {
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        bool isNullable = context.TypeInfo.Type != type || AcceptsNull(schema);
        JsonNode result = Known(type, isNullable, isAnswer)
            ?? (type != root && IsNamed(type) ? Refer(type, options, isAnswer, isNullable) : Complete(schema, context, isAnswer));
        if (type.IsEnum && result is JsonObject { } names && names["enum"] is JsonArray values)
            values.RemoveAll(value => value?.GetValue<string>() == nameof(RunStatus.Unknown));
        MemberInfo? member = context.PropertyInfo?.AttributeProvider as MemberInfo ?? (type == root && context.Path.Length == 0 ? type : null);
        if (member is not null && XmlDocs.SummaryOf(member) is { } summary && result is JsonObject described)
            described["description"] = summary;
        return result;
    }

    /// <summary>The schema of a type with JSON of its own.</summary>
    private static JsonObject? Known(Type type, bool isNullable, bool isAnswer)
    {
        if (type == typeof(JsonElement))
            return [];
        if (type == typeof(DateTimeOffset))
            return new JsonObject { ["type"] = Types("string"), ["format"] = "date-time" };
        if (type == typeof(Duration))
        {
            return new JsonObject
            {
                ["type"] = isAnswer ? Types("string") : Types("string", "number"),
                ["examples"] = new JsonArray("90s", "1h30m", "never"),
            };
        }

        return null;

        JsonNode Types(params string[] types) => (types.Length, isNullable) switch
        {
            (1, false) => types[0],
            _ => new JsonArray([.. types.Select(name => (JsonNode)name), .. isNullable ? new JsonNode[] { "null" } : []]),
        };
    }

    /// <summary>An answer has all members that are not left out when they are null.</summary>
    private static JsonNode Complete(JsonNode schema, JsonSchemaExporterContext context, bool isAnswer)
    {
        if (isAnswer && schema is JsonObject { } described && described["properties"] is JsonObject properties)
        {
            HashSet<string> optional = [.. context.TypeInfo.Properties
                .Where(property => property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) == true)
                .Select(property => property.Name)];
            described["required"] = new JsonArray([.. properties.Select(property => property.Key).Where(name => !optional.Contains(name)).Select(name => (JsonNode)name)]);
        }

        return schema is JsonObject ? schema : new JsonObject();
    }

    private static bool AcceptsNull(JsonNode schema) => schema is JsonObject found
        && ((found["type"] is JsonArray types && types.Any(type => type?.GetValue<string>() == "null"))
            || (found["enum"] is JsonArray values && values.Any(value => value is null)));

    private static bool IsNamed(Type type) =>
        !type.IsGenericType && type != typeof(Duration) && type.Namespace?.StartsWith(nameof(Preempt), StringComparison.Ordinal) == true;
}

/// <summary>Stands for an answer that is a gate or a page of gates.</summary>
internal sealed record GateOrPage;
