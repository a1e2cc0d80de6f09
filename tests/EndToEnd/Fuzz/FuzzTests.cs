using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.EndToEnd.OpenApi;

namespace Preempt.EndToEnd.Fuzz;

/// <summary>
/// Sends an app of its own what nobody would, made of the OpenAPI document. <c>PREEMPT_FUZZ</c> says how many requests and
/// <c>PREEMPT_FUZZ_SEED</c> which; a seed that fails fails again. Under a Functions host only where <c>PREEMPT_FUZZ</c> says how many.
/// </summary>
public sealed class FuzzTests
{
    private const int UsualRequests = 20_000;
    private const int AtOnce = 16;
    private const int Parts = 4;

    /// <summary>More than the app needs for any of this. What is kept of every request would be more than that sooner or later, and the app would fail.</summary>
    private const int MaxHeapBytes = 400 * 1024 * 1024;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task No_request_fails_the_app_hangs_it_or_changes_anything_when_it_is_refused()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL is not to be fuzzed.");
        Assert.SkipWhen(AppCommand.IsFunctionsHost && Setting("PREEMPT_FUZZ") is null, "PREEMPT_FUZZ says how many requests a Functions host gets.");
        int requests = Setting("PREEMPT_FUZZ") ?? UsualRequests;
        int seed = Setting("PREEMPT_FUZZ_SEED") ?? Random.Shared.Next();
        (AppProcess app, Uri address) = await AppProcess.StartAsync(Settings());
        using AppProcess ends = app;
        using HttpClient http = AppUnderTest.Connect(address);
        http.Timeout = AnswerLimit;
        PreemptApi api = new(http);
        // Two runs that stay as they are, unless something that was refused had an effect: nobody sends them anything valid.
        Run running = await api.WaitForWorkAsync(await api.StartAsync(Lab.CancelInProgress, new LabInput("kept", new LabStep(3600))));
        Run over = await api.WaitAsync(await api.StartAsync(Lab.Plain, new LabInput("kept", new LabStep(0))));
        Run[] victims = [await api.StartAsync(Lab.Plain, new LabInput("victim", new LabStep(600))), await api.StartAsync(Lab.Plain, new LabInput("victim", new LabStep(0)))];
        Sender sender = new(http, [running.Id, over.Id, .. victims.Select(run => run.Id)]);

        long start = Stopwatch.GetTimestamp();
        ApiDescription description = await ApiDescription.OfAsync(http);
        FuzzGenerator[] generators =
            [.. Enumerable.Range(0, AtOnce).Select(worker => new FuzzGenerator(description, seed + worker, [.. victims.Select(run => run.Id), "no-such-run"]))];
        for (int part = 1; part <= Parts; part++)
        {
            await Task.WhenAll(generators.Select(generator => sender.SendAsync(generator, requests / AtOnce / Parts)));
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"After {sender.Count} requests: {app.Memory >> 20} MB of memory, {app.Stored >> 10} KB stored, {sender.Accepted.Count} runs accepted");
        }

        await sender.SendInvalidAsync(running.Id);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Seed {seed}: {sender.Count} requests in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s; {sender.Summary}");

        Assert.True(sender.Failures.IsEmpty, $"Seed {seed}:\n{string.Join('\n', sender.Failures.Take(20))}");
        Assert.True(sender.Count >= requests / AtOnce / Parts * Parts * AtOnce);
        Run kept = await api.GetAsync(running.Id);
        Assert.Equal(("Running", null), (kept.Status, kept.Stop));
        await AssertOnlyAcceptedRunsExistAsync(api, sender, seed);
    }

    private static Dictionary<string, string> Settings()
    {
        Dictionary<string, string> settings = new()
        {
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
        };
        if (!AppCommand.IsFunctionsHost)
        {
            settings["AzureWebJobsStorage"] = "";
            settings["DOTNET_gcServer"] = "0";
            settings["DOTNET_GCHeapHardLimit"] = MaxHeapBytes.ToString("X", CultureInfo.InvariantCulture);
        }

        return settings;
    }

    private static async Task AssertOnlyAcceptedRunsExistAsync(PreemptApi api, Sender sender, int seed)
    {
        string? cursor = null;
        int listed = 0;
        do
        {
            Page<Run> page = await api.ListAsync($"limit=200{(cursor is null ? "" : $"&cursor={cursor}")}");
            foreach (Run run in page.Items)
                Assert.True(sender.Accepted.ContainsKey(run.Id), $"Seed {seed}: nobody was told of run {run}");
            listed += page.Items.Count;
            cursor = page.Cursor;
        }
        while (cursor is not null);
        Assert.True(listed > 3, "No run was ever accepted: the requests are all too bad to show anything.");
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;

    /// <summary>Sends requests, and notes what must not be.</summary>
    private sealed class Sender(HttpClient http, IReadOnlyList<string> known)
    {
        private readonly ConcurrentDictionary<int, int> _statuses = new();
        private int _count;

        public int Count => _count;

        public ConcurrentQueue<string> Failures { get; } = [];

        /// <summary>Runs of which somebody was told.</summary>
        public ConcurrentDictionary<string, bool> Accepted { get; } = new(known.Select(id => KeyValuePair.Create(id, true)));

        public string Summary => string.Join(", ", _statuses.OrderBy(status => status.Key).Select(status => $"{status.Key}: {status.Value}"));

        public async Task SendAsync(FuzzGenerator generator, int count)
        {
            for (int i = 0; i < count && Failures.Count < 20; i++)
                await SendAsync(generator.Next());
        }

        /// <summary>Sends a run what is refused whatever else it says.</summary>
        public async Task SendInvalidAsync(string id)
        {
            string[] bodies = ["[]", "{\"grace\": [1]}", "{\"grace\": \"-1s\"}", "{\"reason\": 5}", "{\"queuedOnly\": \"no\"}", "{\"delete\": 1}", "{\"by\": true}", "{\"x\": 1}", "{"];
            foreach (string call in new[] { "cancel", "extend", "replay" })
            {
                foreach (string body in bodies)
                {
                    using HttpResponseMessage response = await http.PostAsync(new Uri($"runs/{id}/{call}", UriKind.Relative), Json(body));
                    if ((int)response.StatusCode is < 400 or > 499)
                        Failures.Enqueue($"{call} {body}: {(int)response.StatusCode}");
                }
            }
        }

        private static ByteArrayContent Json(string body)
        {
            ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            return content;
        }

        private async Task SendAsync(FuzzRequest fuzz)
        {
            Interlocked.Increment(ref _count);
            string words = $"{fuzz.Operation.Method} {fuzz.Path} {string.Join(", ", fuzz.Headers)}\n  {(fuzz.Body is { Length: > 300 } body ? body[..300] : fuzz.Body)}";
            try
            {
                using HttpRequestMessage request = new(new HttpMethod(fuzz.Operation.Method), fuzz.Path);
                if (fuzz.Body is not null)
                    request.Content = Json(fuzz.Body);
                foreach ((string name, string value) in fuzz.Headers)
                    request.Headers.TryAddWithoutValidation(name, value);
                using HttpResponseMessage response = await http.SendAsync(request);
                string text = await response.Content.ReadAsStringAsync();
                _statuses.AddOrUpdate((int)response.StatusCode, 1, (_, count) => count + 1);
                Judge(fuzz, words, response, text);
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException or InvalidOperationException or KeyNotFoundException)
            {
                Failures.Enqueue($"{words}\n  {exception.Message}");
            }
        }

        private void Judge(FuzzRequest fuzz, string words, HttpResponseMessage response, string text)
        {
            if ((int)response.StatusCode >= 500)
                Failures.Enqueue($"{words}\n  {(int)response.StatusCode} {text}");
            if ((int)response.StatusCode is >= 400 and < 500 && text.Length > 0 && response.Content.Headers.ContentType?.MediaType != "application/problem+json")
                Failures.Enqueue($"{words}\n  {(int)response.StatusCode} is no problem document: {text}");
            if (response.Headers.Contains("X-Evil"))
                Failures.Enqueue($"{words}\n  a header was injected");
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Accepted))
                return;
            JsonElement answer = fuzz.Operation.Id is "StartRun" or "ReplayRun" or "PublishEvent" ? JsonElement.Parse(text) : default;
            if (fuzz.Operation.Id is "StartRun" or "ReplayRun")
                Accepted.TryAdd(answer.GetProperty("id").GetString()!, true);
            if (fuzz.Operation.Id == "PublishEvent")
            {
                foreach (JsonElement started in answer.GetProperty("started").EnumerateArray())
                    Accepted.TryAdd(started.GetProperty("id").GetString()!, true);
            }
        }
    }
}
