using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Preempt;

/// <summary>What a workflow takes, as a JSON schema, and an example of it.</summary>
internal static class InputSchema
{
    private const int MaxDepth = 8;
    private static readonly ConcurrentDictionary<Type, JsonElement> Schemas = new();

    /// <summary>The input type of a workflow's class.</summary>
    public static Type? InputOf(Type workflow)
    {
        for (Type? type = workflow; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Workflow<,>))
                return type.GetGenericArguments()[0];
        }

        return null;
    }

    /// <summary>The JSON schema of a type; of one that the serializer cannot describe, a schema that takes anything.</summary>
    public static JsonElement Of(Type type) => Schemas.GetOrAdd(type, static type => JsonSerializer.SerializeToElement(Export(type)));

    private static JsonNode Export(Type type)
    {
        try
        {
            JsonSerializerOptions options = new(Payload.StrictOptions);
            options.MakeReadOnly(populateMissingResolver: true);
            return JsonSchemaExporter.GetJsonSchemaAsNode(options, type, new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = Describe,
            });
        }
        catch (NotSupportedException)
        {
            return new JsonObject();
        }
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(Duration))
            return new JsonObject { ["type"] = Types("string", "number"), ["examples"] = new JsonArray("90s", "1h30m") };
        if (type == typeof(EndCondition))
            return new JsonObject { ["type"] = Types("string"), ["examples"] = new JsonArray("time of day between 08:00 and 18:00 Europe/Paris") };
        return schema;

        JsonArray Types(params string[] names) =>
            [.. names.Select(name => (JsonNode)name), .. context.PropertyInfo is { IsGetNullable: true } ? new JsonNode[] { "null" } : []];
    }

    /// <summary>Something that a schema accepts: of an object what is required, and what has a default.</summary>
    public static JsonElement ExampleOf(JsonElement schema) => JsonSerializer.SerializeToElement(Make(JsonNode.Parse(schema.GetRawText()), "text", 0));

    private static JsonNode? Make(JsonNode? schema, string name, int depth)
    {
        if (schema is not JsonObject described || depth > MaxDepth)
            return null;
        if (described["default"] is { } usual)
            return usual.DeepClone();
        if (described["enum"] is JsonArray and [var first, ..])
            return first?.DeepClone();
        if (described["examples"] is JsonArray and [var example, ..])
            return example?.DeepClone();
        return TypeOf(described) switch
        {
            "object" => MakeObject(described, depth),
            "array" => new JsonArray(Make(described["items"], name, depth + 1)),
            "string" => name,
            "integer" or "number" => 1,
            "boolean" => false,
            _ => null,
        };
    }

    private static string? TypeOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray and [var first, ..] => first?.GetValue<string>(),
        JsonValue type => type.GetValue<string>(),
        _ => null,
    };

    private static JsonObject MakeObject(JsonObject schema, int depth)
    {
        HashSet<string> required = [.. (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>())];
        JsonObject made = [];
        foreach ((string name, JsonNode? member) in schema["properties"] as JsonObject ?? [])
        {
            if (required.Contains(name) || member?["default"] is JsonValue)
                made[name] = Make(member, name, depth + 1);
        }

        return made;
    }
}
