using System.Text;
using System.Text.Json.Nodes;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.OpenApi;

/// <summary>
/// The OpenAPI document against the app. Every other test of the suite checks as well that what it is answered is what the document says:
/// see <see cref="PreemptApi"/>.
/// </summary>
public sealed class OpenApiTests(AppUnderTest app) : EndToEndTests(app)
{
    private static readonly string[] NoRuns = ["none"];

    private readonly HttpClient _http = app.Http;

    [Fact]
    public async Task The_document_describes_the_calls_of_the_design()
    {
        ApiDescription description = await ApiDescription.OfAsync(_http);

        Assert.Equal("3.1.0", description.Document["openapi"]!.GetValue<string>());
        Assert.Equal("/api", description.Document["servers"]![0]!["url"]!.GetValue<string>());
        string[] calls = [.. description.Operations.Select(operation => operation.ToString())];
        string[] expected =
        [
            "POST /workflows/{workflow}/runs", "GET /runs/{id}", "GET /runs", "POST /runs/{id}/cancel", "DELETE /runs/{id}", "POST /runs/{id}/extend",
            "POST /runs/{id}/events/{name}", "POST /runs/{id}/replay", "GET /runs/{id}/explain", "POST /runs/bulk-cancel", "POST /runs/bulk-replay",
            "GET /operations/{id}", "POST /operations/{id}/stop", "GET /operations", "GET /lanes", "GET /statistics", "POST /events/{name}", "GET /workflows", "GET /gates", "GET /limits", "PUT /limits", "DELETE /limits", "POST /system/drain", "POST /system/resume",
            "GET /system/status", "GET /health", "GET /openapi.json", "GET /dashboard",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), calls.Order(StringComparer.Ordinal));
        Assert.Equal(calls.Length, description.Operations.Select(operation => operation.Id).Distinct().Count());
    }

    [Fact]
    public async Task Every_reference_leads_somewhere()
    {
        ApiDescription description = await ApiDescription.OfAsync(_http);
        JsonObject components = description.Document["components"]!["schemas"]!.AsObject();
        string[] targets = [.. References(description.Document).Distinct()];

        Assert.NotEmpty(targets);
        Assert.All(targets, target => Assert.True(components[target[(target.LastIndexOf('/') + 1)..]] is JsonObject, target));
    }

    [Fact]
    public async Task Every_example_is_what_its_schema_says_and_is_accepted()
    {
        ApiDescription description = await ApiDescription.OfAsync(_http);
        int sent = 0;
        // Draining would stop the other tests.
        foreach (ApiOperation operation in description.Operations.Where(operation => operation.Id is not ("Drain" or "Resume")))
        {
            string path = await FillAsync(operation);
            JsonNode? content = operation.Description["requestBody"]?["content"]?["application/json"];
            if (content is not null)
                Assert.Null(description.Validate($"{operation} body", content["schema"]!, content["example"]!.ToJsonString()));

            Answer answer = operation.Method == "POST"
                ? await Api.AskAsync(path, content?["example"]?.ToJsonString() ?? "")
                : await Api.SendAsync(new HttpMethod(operation.Method), path, content is null ? null : new StringContent(content["example"]!.ToJsonString(), Encoding.UTF8, "application/json"));

            Assert.True((int)answer.Status < 300, $"{answer}");
            sent++;
        }

        Assert.Equal(description.Operations.Count - 2, sent);
    }

    /// <summary>The path of a call with a run, an operation or an event that it can be made with.</summary>
    private async Task<string> FillAsync(ApiOperation operation)
    {
        string id = "";
        if (operation.Path.StartsWith("/operations/", StringComparison.Ordinal))
        {
            id = (await Api.StartBulkAsync("bulk-cancel", new { runIds = NoRuns })).Id;
        }
        else if (operation.Path.Contains("{id}", StringComparison.Ordinal))
        {
            bool mustHaveEnded = operation.Id is "DeleteEndedRun" or "ReplayRun";
            Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(mustHaveEnded ? 0 : Lab.VeryLong)));
            id = (mustHaveEnded ? await Api.WaitAsync(run) : await Api.WaitForWorkAsync(run)).Id;
        }

        string query = string.Join('&', operation.Parameters
            .Where(parameter => parameter["in"]!.GetValue<string>() == "query" && parameter["example"] is not null)
            .Select(parameter => $"{parameter["name"]}={Uri.EscapeDataString(ExampleOf(parameter))}"));
        string path = operation.Path[1..].Replace("{workflow}", "chat-reply", StringComparison.Ordinal)
            .Replace("{id}", id, StringComparison.Ordinal).Replace("{name}", "nobody-waits-for-this", StringComparison.Ordinal);
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    private static string ExampleOf(JsonObject parameter) =>
        parameter["example"] is JsonArray several ? string.Join(',', several.Select(value => value!.ToString())) : parameter["example"]!.ToString();

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject found => found.SelectMany(member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
