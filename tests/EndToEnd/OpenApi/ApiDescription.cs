using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.OpenApi;

/// <summary>The app's OpenAPI document, and whether an answer is as it says.</summary>
internal sealed partial class ApiDescription
{
    private static readonly ConcurrentDictionary<Uri, Lazy<Task<ApiDescription?>>> Known = new();
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly JsonObject _components;
    private readonly ConcurrentDictionary<string, JsonSchema> _schemas = new();

    private ApiDescription(JsonObject document)
    {
        Document = document;
        _components = Rebase(document["components"]!["schemas"]!).AsObject();
        foreach (JsonNode? component in _components.Select(component => component.Value))
            Close(component);
        Operations =
        [
            .. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()
                .Select(verb => new ApiOperation(verb.Key.ToUpperInvariant(), path.Key, verb.Value!.AsObject()))),
        ];
    }

    public JsonObject Document { get; }

    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <summary>The description of the app that this client talks to, read once.</summary>
    public static async Task<ApiDescription> OfAsync(HttpClient http) =>
        await FindAsync(http) ?? throw new InvalidOperationException($"{http.BaseAddress} has no openapi.json, or does not answer.");

    /// <summary>The same; null where the app does not answer, because a test has killed it, or wants another key.</summary>
    public static async Task<ApiDescription?> FindAsync(HttpClient http)
    {
        Lazy<Task<ApiDescription?>> reading = Known.GetOrAdd(http.BaseAddress!, _ => new(() => ReadAsync(http)));
        ApiDescription? description = await reading.Value;
        if (description is null)
            Known.TryRemove(KeyValuePair.Create(http.BaseAddress!, reading));
        return description;
    }

    private static async Task<ApiDescription?> ReadAsync(HttpClient http)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri("openapi.json", UriKind.Relative));
            return response.IsSuccessStatusCode ? new ApiDescription(JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject()) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Checks that an answer to a documented call is a documented one.</summary>
    public void Check(HttpMethod method, string path, Answer answer)
    {
        ApiOperation? operation = Operations.FirstOrDefault(found => found.Method == method.Method && found.Matches(path));
        // What the host refuses by itself has no body.
        bool isOfHost = answer.ContentType is null && answer.Text.Length == 0 && (int)answer.Status is >= 400 and < 500;
        if (operation is null || isOfHost)
            return;
        string status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
        JsonObject documented = operation.Description["responses"]![status]?.AsObject()
            ?? throw new Xunit.Sdk.XunitException($"{answer.Request}\nThe document does not say that {operation} can answer {status}:\n{answer.Text}");
        if (documented["content"]?[answer.ContentType ?? ""]?["schema"] is not { } schema)
        {
            bool isUndocumented = answer.Text.Length > 0 && answer.Status != System.Net.HttpStatusCode.Unauthorized;
            if (documented["content"] is not null || isUndocumented)
                throw new Xunit.Sdk.XunitException($"{answer.Request}\nThe document does not say that {operation} answers {status} with {answer.ContentType}:\n{answer.Text}");
            return;
        }

        if (answer.ContentType?.EndsWith("json", StringComparison.Ordinal) != true)
            return;
        if (Validate($"{operation} {status}", schema, answer.Text) is { } problem)
            throw new Xunit.Sdk.XunitException($"{answer.Request}\nThe answer is not as the document says:\n{problem}\n{answer.Text}");
    }

    /// <summary>What is wrong with a text by a schema of the document; null when nothing is.</summary>
    public string? Validate(string name, JsonNode schema, string json)
    {
        EvaluationResults results = _schemas.GetOrAdd(name, _ => Build(schema)).Evaluate(JsonElement.Parse(json), Options);
        return results.IsValid ? null : string.Join('\n', (results.Details ?? [])
            .Where(detail => detail.Errors is not null)
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")));
    }

    /// <summary>In a registry of its own: in the one that all share, schemas that are built at the same time can lose each other.</summary>
    private JsonSchema Build(JsonNode schema) => JsonSchema.FromText(
        new JsonObject { ["$defs"] = _components.DeepClone(), ["allOf"] = new JsonArray(Rebase(schema)) }.ToJsonString(),
        new BuildOptions { SchemaRegistry = new SchemaRegistry() });

    /// <summary>The same schema with references that hold within a document of its own.</summary>
    private static JsonNode Rebase(JsonNode schema) =>
        JsonNode.Parse(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!;

    /// <summary>What an answer has must be in the document; callers are told to expect more in the future, and the suite is not.</summary>
    private static void Close(JsonNode? schema)
    {
        if (schema is not JsonObject found)
            return;
        if (found["properties"] is JsonObject && found["additionalProperties"] is null)
            found["additionalProperties"] = false;
        foreach (JsonNode? part in found["properties"]?.AsObject().Select(property => property.Value) ?? [])
            Close(part);
        Close(found["items"]);
    }
}

/// <summary>One call of the document.</summary>
internal sealed partial record ApiOperation(string Method, string Path, JsonObject Description)
{
    private readonly Regex _path = new($"^{Parameter().Replace(Path, "[^/]+")}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public string Id => Description["operationId"]!.GetValue<string>();

    public IReadOnlyList<JsonObject> Parameters => [.. Description["parameters"]!.AsArray().Select(parameter => parameter!.AsObject())];

    public bool Matches(string path) => _path.IsMatch("/" + path.Split('?')[0]);

    public override string ToString() => $"{Method} {Path}";

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
