using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;

namespace Preempt.Http.OpenApi;

/// <summary>The OpenAPI 3.1 document of the API, made of the HTTP functions and the types that they take and answer.</summary>
internal sealed class OpenApiDocument
{
    private static readonly Dictionary<string, string> PathParameters = new()
    {
        ["workflow"] = "The workflow's name, case-insensitive.",
        ["id"] = "The id of the run or of the operation.",
        ["name"] = "The event's name, 1 to 100 characters, case-insensitive.",
    };

    private readonly ApiSchemas _schemas = new();

    /// <summary>Makes the document.</summary>
    public static JsonObject Create() => new OpenApiDocument().Make();

    private JsonObject Make()
    {
        JsonObject paths = [];
        foreach (IGrouping<string, ApiCall> path in ApiCall.All.GroupBy(call => call.Path))
            paths[path.Key] = new JsonObject(path.Select(call => KeyValuePair.Create(call.Method, (JsonNode?)Describe(call))));
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Preempt",
                ["summary"] = "Keyed concurrency, cooperative cancellation and timeouts for Azure Durable Functions.",
                ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version!.ToString(3),
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["jsonSchemaDialect"] = "https://json-schema.org/draft/2020-12/schema",
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = _schemas.Components,
                ["securitySchemes"] = new JsonObject
                {
                    ["functionKey"] = Key("The function key, or the admin key. An app on loopback without keys needs none."),
                    ["adminKey"] = Key("The admin key. An app on loopback without keys needs none."),
                },
            },
        };
    }

    private static JsonObject Key(string description) =>
        new() { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-functions-key", ["description"] = description };

    private JsonObject Describe(ApiCall call)
    {
        JsonObject operation = new()
        {
            ["operationId"] = call.Id,
            ["summary"] = call.About.Summary,
            ["parameters"] = new JsonArray([.. ParametersOf(call)]),
        };
        if (call.About.Body is { } body)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = !call.About.IsBodyOptional,
                ["content"] = Content(_schemas.OfRequest(body), "application/json", call.About.BodyExample),
            };
        }

        operation["responses"] = AnswersOf(call);
        operation["security"] = call.Level switch
        {
            AuthorizationLevel.Anonymous => new JsonArray(),
            AuthorizationLevel.Admin => new JsonArray(new JsonObject { ["adminKey"] = new JsonArray() }),
            _ => new JsonArray(new JsonObject { ["functionKey"] = new JsonArray() }),
        };
        return operation;
    }

    private IEnumerable<JsonNode> ParametersOf(ApiCall call)
    {
        foreach (string name in call.PathParameters)
            yield return Parameter(name, "path", PathParameters[name], new JsonObject { ["type"] = "string", ["minLength"] = 1 }, isRequired: true);
        foreach (ApiQueryAttribute query in call.Query)
        {
            JsonNode schema = _schemas.OfRequest(query.Type);
            if (query.Maximum > 0 && schema is JsonObject number)
                (number["minimum"], number["maximum"], number["type"]) = (query.Minimum, query.Maximum, "integer");
            JsonObject parameter = Parameter(query.Name, "query", query.Description, schema, query.IsRequired);
            if (query.Type.IsArray)
                (parameter["style"], parameter["explode"]) = ("form", true);
            if (query.Example is { } example)
                parameter["example"] = query.Maximum > 0 ? int.Parse(example, CultureInfo.InvariantCulture) : query.Type.IsArray ? new JsonArray(example) : example;
            yield return parameter;
        }

        if (call.About.MediaType is null)
        {
            yield return Parameter(
                JsonAnswer.PrettyParameter, "query", "Indents the response.", new JsonObject { ["type"] = "boolean" }, isRequired: false);
        }

        if (call.About.IsIdempotent)
            yield return Parameter("Idempotency-Key", "header", "1 to 255 characters; a repeated call with the same key takes effect once.", new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 255 }, isRequired: false);
        if (call.About.HasEntityTag)
            yield return Parameter("If-None-Match", "header", "The tag of the response that the caller has.", new JsonObject { ["type"] = "string" }, isRequired: false);
    }

    private static JsonObject Parameter(string name, string place, string description, JsonNode schema, bool isRequired) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["description"] = description,
        ["required"] = isRequired,
        ["schema"] = schema,
    };

    private JsonObject AnswersOf(ApiCall call)
    {
        JsonObject answers = new() { [Text(call.About.Status)] = AnswerOf(call) };
        if (call.About.IsIdempotent && call.About.Status == 202)
            answers["200"] = AnswerOf(call);
        if (call.About.HasEntityTag)
            answers["304"] = new JsonObject { ["description"] = "The response is the one that the caller has." };
        foreach (int status in call.Problems.Order())
        {
            answers[Text(status)] = new JsonObject
            {
                ["description"] = "A problem. Its type and detail say what is wrong.",
                ["content"] = Content(_schemas.OfAnswer(typeof(Problem)), "application/problem+json", null),
            };
        }

        if (call.Level != AuthorizationLevel.Anonymous)
            answers["401"] = new JsonObject { ["description"] = "The key is missing or wrong." };
        return answers;
    }

    private JsonObject AnswerOf(ApiCall call)
    {
        JsonObject answer = new() { ["description"] = "Success." };
        JsonObject headers = [];
        if (call.About.HasLocation)
            headers["Location"] = Header("The path of the new run or operation.");
        if (call.About.HasEntityTag)
            headers["ETag"] = Header("The tag of this response.");
        headers["X-Request-Id"] = Header("The request's id: the caller's own, if it sent one of 1 to 64 letters, digits, '-', '_' and '.'.");
        answer["headers"] = headers;
        if (call.About.MediaType is { } other)
            answer["content"] = Content(new JsonObject { ["type"] = "string" }, other, null);
        else if (call.About.PageOf is { } items)
            answer["content"] = Content(_schemas.OfPage(items), "application/json", null);
        else if (call.About.Answer is { } type)
            answer["content"] = Content(_schemas.OfAnswer(type), "application/json", null);
        return answer;
    }

    private static JsonObject Header(string description) => new() { ["description"] = description, ["schema"] = new JsonObject { ["type"] = "string" } };

    private static JsonObject Content(JsonNode schema, string mediaType, string? example)
    {
        JsonObject content = new() { ["schema"] = schema };
        if (example is not null)
            content["example"] = JsonNode.Parse(example);
        return new JsonObject { [mediaType] = content };
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
