using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Preempt.Tests.Shared;

namespace Preempt.Client.Tests;

/// <summary>What the client makes of answers that a sound app does not give, and what it sends.</summary>
public sealed class StrangeAnswerTests
{
    private const string MinimalRun = """{"id":"a","workflow":"w","version":"1","status":"Succeeded","queuedAt":"2026-01-01T00:00:00Z"}""";

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_of_another_version_is_read_as_far_as_it_is_known()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            200,
            """
            {
              "id": "a", "workflow": "w", "version": "1", "status": "Paused", "queuedAt": "2026-01-01T00:00:00Z", "color": "blue",
              "stop": { "reason": "Boredom", "requestedAt": "2026-01-01T00:00:00Z", "forced": false }
            }
            """);
        Run run = await Connect(server).GetAsync("a", TestEnd);
        Assert.Equal((RunStatus.Unknown, StopReason.Unknown), (run.Status, run.Stop?.Reason));
        Assert.Empty(run.Steps);
        Assert.Empty(run.FencingTokens);
        Assert.Empty(run.Metadata);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":null}")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task An_answer_that_is_not_a_run_is_not_taken_for_one(string body)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, body);
        UnexpectedAnswerException error = await Assert.ThrowsAsync<UnexpectedAnswerException>(() => Connect(server).GetAsync("a", TestEnd));
        Assert.Contains($"{server.Address}api/runs/a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_another_server_says_so()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(404, "<h1>Not here</h1>", "text/html");
        UnexpectedAnswerException error = await Assert.ThrowsAsync<UnexpectedAnswerException>(() => Connect(server).GetAsync("a", TestEnd));
        Assert.Contains("Is the base URL the address of a Preempt app?", error.Message, StringComparison.Ordinal);
        Assert.Contains("<h1>Not here</h1>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_read()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            byte[] piece = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        PreemptHttpClient client = Connect(server, options => options.MaxResponseBytes = 1_000_000);
        UnexpectedAnswerException error = await Assert.ThrowsAsync<UnexpectedAnswerException>(() => client.GetAsync("a", TestEnd));
        Assert.Contains("more than 1000000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_does_not_come_or_does_not_end_is_a_timeout(bool begins)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            if (begins)
                await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        PreemptHttpClient client = Connect(server, options => options.Timeout = TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAsync<TimeoutException>(() => client.CancelAsync("a", cancellationToken: TestEnd));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_so_that_the_key_goes_nowhere_else()
    {
        await using ScriptedServer elsewhere = await ScriptedServer.StartAsync(200, MinimalRun);
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) =>
        {
            context.Response.Redirect(elsewhere.Address.ToString());
            return Task.CompletedTask;
        });
        UnexpectedAnswerException error =
            await Assert.ThrowsAsync<UnexpectedAnswerException>(() => Connect(server, WithKey).GetAsync("a", TestEnd));
        Assert.Contains($"redirects to {elsewhere.Address}", error.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_read_is_tried_again_while_the_app_is_away()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            (context, count) => ScriptedServer.WriteAsync(context, count < 3 ? 503 : 200, MinimalRun));
        Assert.Equal("a", (await Connect(server).GetAsync("a", TestEnd)).Id);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_start_is_tried_again_only_with_an_idempotency_key()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            (context, count) => ScriptedServer.WriteAsync(context, count < 3 ? 503 : 202, MinimalRun));
        PreemptHttpClient client = Connect(server);
        await Assert.ThrowsAsync<AppUnavailableException>(() => client.StartAsync("w", new { a = 1 }, cancellationToken: TestEnd));
        Assert.Single(server.Requests);
        (Run run, bool isNew) = await client.StartOnceAsync("w", new { a = 1 }, "key", cancellationToken: TestEnd);
        Assert.Equal(("a", true), (run.Id, isNew));
        Assert.Equal(3, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal("""{"input":{"a":1}}""", request.Body));
    }

    [Fact]
    public async Task Retries_are_bounded()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(503, "");
        await Assert.ThrowsAsync<AppUnavailableException>(() => Connect(server).GetAsync("a", TestEnd));
        Assert.Equal(1 + 3, server.Requests.Count);
    }

    [Fact]
    public async Task An_app_that_says_when_to_ask_again_is_asked_then()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, count) =>
        {
            context.Response.Headers.RetryAfter = "1";
            return ScriptedServer.WriteAsync(context, count == 1 ? 429 : 200, MinimalRun);
        });
        long start = Stopwatch.GetTimestamp();
        await Connect(server).GetAsync("a", TestEnd);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_app_that_is_away_for_long_is_not_waited_for()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return ScriptedServer.WriteAsync(
                context, 503, """{"type":"urn:preempt:draining","status":503,"detail":"The app drains."}""", "application/problem+json");
        });
        AppDrainingException error = await Assert.ThrowsAsync<AppDrainingException>(() => Connect(server).GetAsync("a", TestEnd));
        Assert.Equal((TimeSpan.FromHours(1), "The app drains."), (error.RetryAfter, error.Message));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_lost_key_is_named_as_the_cause_and_never_shown()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(401, "");
        AccessDeniedException missing = await Assert.ThrowsAsync<AccessDeniedException>(() => Connect(server).GetAsync("a", TestEnd));
        AccessDeniedException wrong =
            await Assert.ThrowsAsync<AccessDeniedException>(() => Connect(server, WithKey).GetAsync("a", TestEnd));
        Assert.Contains("none was given", missing.Message, StringComparison.Ordinal);
        Assert.Contains("does not accept the key", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wrong.ToString(), StringComparison.Ordinal);
        Assert.Equal([null, "secret"], server.Requests.Select(request => request.Headers.GetValueOrDefault("x-functions-key")));
    }

    [Fact]
    public async Task An_app_that_does_not_wait_is_not_asked_all_the_time()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            200, MinimalRun.Replace("Succeeded", "Running", StringComparison.Ordinal));
        await Connect(server).WaitAsync("a", TimeSpan.FromSeconds(1), TestEnd);
        Assert.InRange(server.Requests.Count, 2, 6);
    }

    [Fact]
    public async Task A_wait_is_asked_for_in_pieces()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, MinimalRun);
        await Connect(server).WaitAsync("a", TimeSpan.FromHours(1), TestEnd);
        Assert.Equal("/api/runs/a?wait=30s", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page_and_ends_on_a_cursor_that_does_not_move()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, $$"""{"items":[{{MinimalRun}}],"cursor":"c&1"}""");
        RunFilter filter = new()
        {
            Workflow = "w",
            Key = "a b",
            Status = [RunStatus.Queued, RunStatus.Running],
            Since = new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.FromHours(1)),
        };
        List<Run> runs = await Connect(server).ListAsync(filter, TestEnd).ToListAsync(TestEnd);
        Assert.Equal(2, runs.Count);
        const string First = "/api/runs?workflow=w&key=a%20b&since=2026-01-01T01%3A00%3A00.0000000Z&status=Queued%2CRunning";
        Assert.Equal([First, First + "&cursor=c%261"], server.Requests.Select(request => request.Path));
    }

    private static void WithKey(PreemptClientOptions options) => options.ApiKey = "secret";

    /// <summary>A client with short pauses. It lives as long as the test.</summary>
    private static PreemptHttpClient Connect(ScriptedServer server, Action<PreemptClientOptions>? configure = null)
    {
        PreemptClientOptions options = new() { BaseUrl = server.Address, RetryDelay = TimeSpan.FromMilliseconds(1) };
        configure?.Invoke(options);
        HttpClient http = new(PreemptHttpClient.CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        return new PreemptHttpClient(http, options);
    }
}
