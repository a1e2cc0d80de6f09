using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Preempt.EndToEnd.OpenApi;

namespace Preempt.EndToEnd.Http;

/// <summary>The HTTP API as one test uses it. Remembers the runs it started, so that none outlives the test.</summary>
internal sealed class PreemptApi(HttpClient http)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Run> _started = [];

    /// <summary>The ids of the runs that the test has started or looked at.</summary>
    public IReadOnlyCollection<string> Started => [.. _started.Keys];

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    /// <summary>Starts a run; the answer must be as documented.</summary>
    public async Task<Run> StartAsync(string workflow, object input)
    {
        Answer answer = await PostAsync($"workflows/{workflow}/runs", new { input });
        Run run = answer.Read<Run>(HttpStatusCode.Accepted);
        Assert.Equal(workflow, run.Workflow);
        Assert.Equal($"/api/runs/{run.Id}", LocationPath(answer));
        return run;
    }

    /// <summary>Starts so many runs, one after the other.</summary>
    public async Task<List<Run>> StartManyAsync(int count, string workflow, object input)
    {
        List<Run> started = [];
        for (int run = 0; run < count; run++)
            started.Add(await StartAsync(workflow, input));
        return started;
    }

    public async Task<Run> GetAsync(string id) => Keep((await SendAsync(HttpMethod.Get, $"runs/{id}")).Read<Run>(HttpStatusCode.OK));

    /// <summary>Waits until the run has ended.</summary>
    public async Task<Run> WaitAsync(string id)
    {
        DateTime limit = DateTime.UtcNow + EndLimit;
        while (true)
        {
            Run run = Keep((await SendAsync(HttpMethod.Get, $"runs/{id}?wait=20s")).Read<Run>(HttpStatusCode.OK));
            if (run.HasEnded)
                return run;
            Assert.True(DateTime.UtcNow < limit, $"The run has not ended in {EndLimit}: {run}");
        }
    }

    public Task<Run> WaitAsync(Run run) => WaitAsync(run.Id);

    public async Task<Run[]> WaitAllAsync(IEnumerable<Run> runs) => await Task.WhenAll(runs.Select(WaitAsync));

    /// <summary>Waits until a step of the run is at work.</summary>
    public Task<Run> WaitForWorkAsync(Run run) => Eventually.GetAsync(() => GetAsync(run.Id), now => now.IsAtWork);

    /// <summary>Cancels a run that has not ended, and returns it when it has heard: a slow engine answers before that.</summary>
    /// <param name="grace">The grace; null for the workflow's own.</param>
    public async Task<Run> CancelAsync(Run run, string? reason = null, string? grace = Lab.LongGrace)
    {
        Run answered = Keep((await SendCancelAsync(run.Id, reason, grace)).Read<Run>(HttpStatusCode.Accepted));
        return answered.Stop is null ? await Eventually.GetAsync(() => GetAsync(run.Id), now => now.Stop is not null) : answered;
    }

    public Task<Answer> SendCancelAsync(string id, string? reason = null, string? grace = null) =>
        PostAsync($"runs/{id}/cancel", new { reason = reason ?? "asked by a test", grace });

    public async Task<Gate> GateAsync(string workflow, string key) =>
        (await SendAsync(HttpMethod.Get, $"gates?workflow={workflow}&key={Uri.EscapeDataString(key)}")).Read<Gate>(HttpStatusCode.OK);

    public async Task<Gate> GateOfRuleAsync(string rule, string key) =>
        (await SendAsync(HttpMethod.Get, $"gates?rule={rule}&key={Uri.EscapeDataString(key)}")).Read<Gate>(HttpStatusCode.OK);

    public Task<Answer> PostAsync(string path, object body, string? idempotencyKey = null) =>
        PostAsync(path, JsonSerializer.Serialize(body, ApiJson.Options), idempotencyKey);

    public Task<Answer> PostAsync(string path, string json, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, path, ContentOf(json), idempotencyKey);

    public Task<Answer> PutAsync(string path, object body) => PutAsync(path, JsonSerializer.Serialize(body, ApiJson.Options));

    public Task<Answer> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, ContentOf(json));

    /// <summary>As bytes, so that the type is the bare one that most clients send.</summary>
    private static ByteArrayContent ContentOf(string json) => new(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Posts what the run itself has to answer. Where it has not, the same is asked again with the same key, as the answer says.</summary>
    public Task<Answer> AskAsync(string path, object body, string? idempotencyKey = null) =>
        AskAsync(path, JsonSerializer.Serialize(body, ApiJson.Options), idempotencyKey);

    public Task<Answer> AskAsync(string path, string json, string? idempotencyKey = null)
    {
        string key = idempotencyKey ?? $"{Guid.NewGuid():N}";
        return Eventually.GetAsync(() => PostAsync(path, json, key), answer => !answer.Text.Contains("urn:preempt:not-answering", StringComparison.Ordinal));
    }

    public Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? idempotencyKey = null) =>
        SendAsync(method, path, content, idempotencyKey is null ? [] : [("Idempotency-Key", idempotencyKey)]);

    public Task<Answer> ReadAsync(string path, params IReadOnlyList<(string Name, string Value)> headers) =>
        SendAsync(HttpMethod.Get, path, content: null, headers);

    /// <summary>Sends a request. A read that has lost the engine, as on a machine that is far too busy, is sent again.</summary>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, HttpContent? content, IReadOnlyList<(string Name, string Value)> headers)
    {
        const int MaxAttempts = 10;
        for (int attempt = 1; ; attempt++)
        {
            Answer answer = await SendOnceAsync(method, path, content, headers);
            if (method != HttpMethod.Get || attempt == MaxAttempts || !answer.Text.Contains("urn:preempt:engine-unreachable", StringComparison.Ordinal))
                return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), TestEnd);
        }
    }

    private async Task<Answer> SendOnceAsync(
        HttpMethod method, string path, HttpContent? content, IReadOnlyList<(string Name, string Value)> headers)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await http.SendAsync(request, TestEnd);
        Answer answer = new(
            $"{method} {path}",
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.Location,
            await response.Content.ReadAsStringAsync(TestEnd))
        {
            Headers = response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        };
        // Whatever a test is about, what it is answered must be what the OpenAPI document says.
        if (await ApiDescription.FindAsync(http) is { } description)
            description.Check(method, path, answer);
        if (answer.Status == HttpStatusCode.Accepted && method == HttpMethod.Post && path.EndsWith("/runs", StringComparison.Ordinal))
            Keep(answer.Read<Run>(HttpStatusCode.Accepted));
        return answer;
    }

    /// <summary>Reads a page of runs.</summary>
    public async Task<Page<Run>> ListAsync(string query) => (await ReadAsync($"runs?{query}")).Read<Page<Run>>(HttpStatusCode.OK);

    /// <summary>Starts a bulk operation; the answer must be as documented.</summary>
    public async Task<Operation> StartBulkAsync(string kind, object body)
    {
        Answer answer = await PostAsync($"runs/{kind}", body);
        Operation operation = answer.Read<Operation>(HttpStatusCode.Accepted);
        Assert.Equal((kind, $"/api/operations/{operation.Id}"), (operation.Kind, LocationPath(answer)));
        return operation;
    }

    /// <summary>Waits until a bulk operation has ended.</summary>
    public Task<Operation> WaitAsync(Operation operation) => Eventually.GetAsync(
        async () => (await ReadAsync($"operations/{operation.Id}")).Read<Operation>(HttpStatusCode.OK), now => now.Status != "Running");

    /// <summary>Stops what the test started and did not see end.</summary>
    public async Task StopAllAsync() => await Task.WhenAll(
        _started.Values.Where(run => !run.HasEnded).Select(run => SendCancelAsync(run.Id, "the test is over", "0s")));

    private Run Keep(Run run) => _started[run.Id] = run;

    private string? LocationPath(Answer answer) =>
        answer.Location is { } location ? new Uri(http.BaseAddress!, location).AbsolutePath : null;
}
