using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>The API's own description.</summary>
public static class OpenApiEndpoint
{
    private const string Route = "openapi.json";

    /// <summary>As text: nodes are not safe for use from two threads.</summary>
    private static readonly Lazy<string> Document = new(() => OpenApiDocument.Create().ToJsonString());

    /// <summary><c>GET openapi.json</c>: the OpenAPI 3.1 document of the API.</summary>
    [Function("PreemptHttpOpenApi")]
    [ApiCall("Describes this API", Answer = typeof(JsonObject), HasEntityTag = true)]
    public static Task<IActionResult> Get([HttpTrigger(AuthorizationLevel.Function, "get", Route = Route)] HttpRequest request) =>
        Api.AnswerAsync(request, () =>
        {
            JsonObject document = JsonNode.Parse(Document.Value)!.AsObject();
            document["servers"] = new JsonArray(new JsonObject { ["url"] = request.Path.Value![..^(Route.Length + 1)] });
            return new JsonAnswer(StatusCodes.Status200OK, document) { HasEntityTag = true };
        });
}
