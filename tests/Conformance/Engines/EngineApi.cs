using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Preempt.EndToEnd;

namespace Preempt.Conformance.Engines;

/// <summary>Drives the app on one engine: over the durable HTTP management API, and over the app's own functions.</summary>
/// <param name="http">A client of the app.</param>
/// <param name="output">What the app wrote of late.</param>
internal sealed class EngineApi(HttpClient http, Func<string> output)
{
    private const string Management = "runtime/webhooks/durabletask/";

    /// <summary>What the app wrote of late.</summary>
    public string Output => output();

    /// <summary>An id that no other test uses.</summary>
    public static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>Starts an orchestration, and returns its id.</summary>
    public async Task<string> StartAsync(string name, object? input = null, string? id = null)
    {
        id ??= NewId();
        (HttpStatusCode status, string body) = await SendAsync(HttpMethod.Post, $"{Management}orchestrators/{name}/{id}", input);
        Assert.True(status == HttpStatusCode.Accepted, $"{name} was not started: {status} {body}");
        return id;
    }

    /// <summary>An instance as the management API shows it; null if there is none.</summary>
    public async Task<Instance?> FindAsync(string id, bool showHistory = false)
    {
        (HttpStatusCode status, string body) = await SendAsync(
            HttpMethod.Get, $"{Management}instances/{id}?showHistory={showHistory}&showHistoryOutput={showHistory}");
        return status switch
        {
            HttpStatusCode.NotFound => null,
            HttpStatusCode.OK or HttpStatusCode.Accepted => JsonSerializer.Deserialize<Instance>(body, JsonSerializerOptions.Web),
            _ => throw new InvalidOperationException($"{id}: {status} {body}"),
        };
    }

    /// <summary>Waits until an instance is as the condition says.</summary>
    public async Task<Instance> WaitAsync(string id, Func<Instance, bool> condition) =>
        (await Eventually.GetAsync(() => FindAsync(id), instance => instance is not null && condition(instance), $"{id} as it should be"))!;

    /// <summary>Waits until an instance has ended.</summary>
    public Task<Instance> WaitForEndAsync(string id) => WaitAsync(id, static instance => instance.HasEnded);

    /// <summary>Waits until an instance has a custom status.</summary>
    public Task<Instance> WaitForCustomStatusAsync(string id, string customStatus) =>
        WaitAsync(id, instance => instance.CustomStatusText == customStatus);

    /// <summary>Starts an orchestration, and waits until it has ended.</summary>
    public async Task<Instance> RunAsync(string name, object? input = null) => await WaitForEndAsync(await StartAsync(name, input));

    /// <summary>Raises an event, and returns the status of the answer.</summary>
    public async Task<HttpStatusCode> RaiseAsync(string id, string name, object? payload) =>
        (await SendAsync(HttpMethod.Post, $"{Management}instances/{id}/raiseEvent/{name}", payload)).Status;

    /// <summary>Asks for <c>terminate</c>, <c>suspend</c>, <c>resume</c> or <c>restart</c>, and returns the answer.</summary>
    public Task<(HttpStatusCode Status, string Body)> AskAsync(string id, string action, string query = "") =>
        SendAsync(HttpMethod.Post, $"{Management}instances/{id}/{action}?{query}");

    /// <summary>Purges an instance, and returns the status of the answer.</summary>
    public async Task<HttpStatusCode> PurgeAsync(string id) =>
        (await SendAsync(HttpMethod.Delete, $"{Management}instances/{id}")).Status;

    /// <summary>The state of an entity as JSON; null if there is none.</summary>
    public async Task<JsonNode?> FindEntityAsync(string name, string key)
    {
        (HttpStatusCode status, string body) = await SendAsync(HttpMethod.Get, $"{Management}entities/{name}/{key}");
        return status == HttpStatusCode.OK ? JsonNode.Parse(body) : null;
    }

    /// <summary>Signals an entity.</summary>
    public async Task SignalAsync(string name, string key, string operation, object? input) => Assert.Equal(
        HttpStatusCode.Accepted,
        (await SendAsync(HttpMethod.Post, $"{Management}entities/{name}/{key}?op={operation}", input)).Status);

    /// <summary>Has the app call its durable client.</summary>
    public async Task<ClientAnswer> CallClientAsync(string operation, object call)
    {
        (HttpStatusCode status, string body) = await SendAsync(HttpMethod.Post, $"api/client/{operation}", call);
        Assert.True(status == HttpStatusCode.OK, $"{operation}: {status} {body}");
        return JsonSerializer.Deserialize<ClientAnswer>(body, JsonSerializerOptions.Web)!;
    }

    /// <summary>An instance as the durable client sees it.</summary>
    public async Task<JsonNode?> GetAsync(string id) => (await CallClientAsync("get", new { Id = id })).Value;

    /// <summary>Waits until an activity is held open under a key.</summary>
    public Task WaitForHoldAsync(string key) => Eventually.GetAsync(
        async () => (await SendAsync(HttpMethod.Get, $"api/holds?key={key}")).Body, body => body == "true", $"{key} is held");

    /// <summary>Lets the activity go that is held open under a key.</summary>
    public Task ReleaseAsync(string key) => SendAsync(HttpMethod.Post, $"api/holds?key={key}");

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative));
        if (body is not null || path.Contains("raiseEvent", StringComparison.Ordinal))
            request.Content = JsonContent.Create(body, options: JsonSerializerOptions.Default);
        using HttpResponseMessage response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

/// <summary>An instance as the management API shows it.</summary>
internal sealed record Instance(
    string Name, string InstanceId, string RuntimeStatus, JsonNode? Input, JsonNode? CustomStatus, JsonNode? Output)
{
    public JsonArray? HistoryEvents { get; init; }

    public bool HasEnded => RuntimeStatus is "Completed" or "Failed" or "Terminated";

    /// <summary>The custom status, if it is a text.</summary>
    public string? CustomStatusText => CustomStatus is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The output, if it is a text.</summary>
    public string? OutputText => Output is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>Status and output in one text.</summary>
    public string Outcome => $"{RuntimeStatus}: {Output?.ToJsonString() ?? "null"}";
}

/// <summary>What the app's durable client answered.</summary>
internal sealed record ClientAnswer(JsonNode? Value, string? Error, bool IsInvalidOperation, string? Message);
