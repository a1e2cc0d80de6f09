using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Tests.Hosting;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Preempt.Embedded.Tests;

public class HostingHttpTests
{
    [Theory]
    [InlineData("/api/text", "plain text", "text/plain; charset=utf-8")]
    [InlineData("/api/Poco", """{"name":"ada","age":36}""", "application/json; charset=utf-8")]
    [InlineData("/api/action", """{"name":"ada","age":36}""", "application/json; charset=utf-8")]
    [InlineData("/api/actiontext", "in words", "text/plain; charset=utf-8")]
    [InlineData("/api/result", """{"name":"ada","age":36}""", "application/json; charset=utf-8")]
    [InlineData("/api/valuetask", "later", "text/plain; charset=utf-8")]
    [InlineData("/api/static", "no instance", "text/plain; charset=utf-8")]
    public async Task What_a_function_returns_becomes_the_response(string path, string body, string contentType)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Returns));

        HttpResponseMessage response = await app.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Equal(contentType, response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_function_without_a_result_may_write_the_response_itself()
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Returns));

        HttpResponseMessage response = await app.Http.GetAsync("/api/writes");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/elsewhere", response.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("/api/bind/ada/7/true/3fa85f64-5717-4562-b3fc-2c963f66afa6/red", "ada 7 True 3fa85f64-5717-4562-b3fc-2c963f66afa6 Red 9")]
    [InlineData("/api/bind/a%20b/-7/false/3fa85f64-5717-4562-b3fc-2c963f66afa6/Blue/5", "a b -7 False 3fa85f64-5717-4562-b3fc-2c963f66afa6 Blue 5")]
    public async Task Values_of_the_route_are_bound_by_name(string path, string expected)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Binds));

        Assert.Equal(expected, await app.Http.GetStringAsync(path));
    }

    [Fact]
    public async Task The_body_is_read_as_json_with_web_names()
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Binds));

        HttpResponseMessage response = await app.Http.PostAsJsonAsync("/api/body", new { name = "ada", AGE = "36" });

        Assert.Equal("ada is 36", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"name":""", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("""{"name":"ada","age":36}""", "text/plain")]
    public async Task A_body_that_cannot_be_read_fails_the_function(string body, string contentType)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Binds));

        HttpResponseMessage response = await app.Http.PostAsync("/api/body", new StringContent(body, Encoding.UTF8, contentType));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task Services_the_client_and_the_context_are_at_hand()
    {
        var builder = TestApp.NewBuilder([typeof(Injected)]);
        builder.Services.AddScoped<Visit>();
        await using TestApp app = await TestApp.StartAsync(builder);

        Visits first = (await app.Http.GetFromJsonAsync<Visits>("/api/injected"))!;
        Visits second = (await app.Http.GetFromJsonAsync<Visits>("/api/injected"))!;

        Assert.True(first.SameScope);
        Assert.True(first.SameRequest);
        Assert.Equal(app.Durable.Name, first.Client);
        Assert.Equal(("injected", "httpTrigger"), (first.Function, first.Binding));
        Assert.NotEqual(first.Id, second.Id);
        Assert.NotEqual(first.Invocation, second.Invocation);
        Assert.Contains(app.Logs.Entries, entry => entry.Message == "visited");
    }

    [Fact]
    public async Task The_durable_client_is_not_a_service()
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Returns));

        Assert.Null(app.Services.GetService<DurableTaskClient>());
    }

    [Theory]
    [InlineData("GET", "/api/verbs", HttpStatusCode.OK)]
    [InlineData("PUT", "/api/verbs", HttpStatusCode.OK)]
    [InlineData("DELETE", "/api/verbs", HttpStatusCode.NotFound)]
    [InlineData("HEAD", "/api/verbs", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/anyverb", HttpStatusCode.OK)]
    [InlineData("GET", "/api/ANYVERB", HttpStatusCode.OK)]
    [InlineData("GET", "/anyverb", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/unknown", HttpStatusCode.NotFound)]
    public async Task Methods_and_routes_choose_the_function(string method, string path, HttpStatusCode expected)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Verbs));

        HttpResponseMessage response = await app.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("v2/functions", "/v2/functions/anyverb")]
    [InlineData("", "/anyverb")]
    public async Task The_route_prefix_is_a_setting_of_the_host(string prefix, string path)
    {
        await using TestApp app = await TestApp.StartAsync(
            TestApp.NewBuilder([typeof(Verbs)], $"--AzureFunctionsJobHost:extensions:http:routePrefix={prefix}"));

        Assert.Equal("any", await app.Http.GetStringAsync(path));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/api/anyverb")).StatusCode);
    }

    [Theory]
    [InlineData("/api/throws")]
    [InlineData("/api/throwslater")]
    [InlineData("/api/unwritable")]
    public async Task A_failure_is_logged_and_gives_nothing_away(string path)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Failures));

        HttpResponseMessage response = await app.Http.GetAsync(path);
        string body = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(500, JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32());
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Contains(app.Logs.Entries, entry =>
            entry.Level == LogLevel.Error && entry.Exception!.Message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_token_fires_when_the_caller_goes()
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Waits));
        using CancellationTokenSource leave = new();

        Task<HttpResponseMessage> request = app.Http.GetAsync("/api/waits", leave.Token);
        Assert.True(await Waits.Entered.WaitAsync(TestApp.Patience));
        leave.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.True(await Waits.Left.WaitAsync(TestApp.Patience));
        Assert.DoesNotContain(app.Logs.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task The_token_fires_when_the_host_stops()
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Waits));

        Task<HttpResponseMessage> request = app.Http.GetAsync("/api/waits");
        Assert.True(await Waits.Entered.WaitAsync(TestApp.Patience));
        app.SignalStop();

        Assert.True(await Waits.Left.WaitAsync(TestApp.Patience));
        Assert.Equal(HttpStatusCode.InternalServerError, (await request).StatusCode);
    }

    public sealed record Person(string Name, int Age);

    public sealed record Visits(
        int Id, bool SameScope, bool SameRequest, string Client, string Function, string Binding, string Invocation);

    public enum Colour
    {
        Red,
        Blue,
    }

    public sealed class Visit
    {
        private static int _last;

        public int Id { get; } = Interlocked.Increment(ref _last);
    }

    public class Returns
    {
        [Function("text")]
        public string Text([HttpTrigger("get")] HttpRequest request) => "plain text";

        [Function("poco")]
        public Person Poco([HttpTrigger("get")] HttpRequest request) => new("ada", 36);

        [Function("action")]
        public IActionResult Action([HttpTrigger("get")] HttpRequest request) => new OkObjectResult(new Person("ada", 36));

        [Function("actiontext")]
        public async Task<IActionResult> ActionText([HttpTrigger("get")] HttpRequest request)
        {
            await Task.Yield();
            return new OkObjectResult("in words");
        }

        [Function("result")]
        public IResult Result([HttpTrigger("get")] HttpRequest request) => Results.Json(new Person("ada", 36));

        [Function("valuetask")]
        public async ValueTask<string> ValueTask([HttpTrigger("get")] HttpRequest request)
        {
            await Task.Yield();
            return "later";
        }

        [Function("static")]
        public static string Static([HttpTrigger("get")] HttpRequest request) => "no instance";

        [Function("writes")]
        public async Task Writes([HttpTrigger("get")] HttpRequest request)
        {
            await Task.Yield();
            request.HttpContext.Response.StatusCode = 202;
            request.HttpContext.Response.Headers.Location = "/elsewhere";
        }
    }

    public class Binds
    {
        [Function("bind")]
        public string Bind(
            [HttpTrigger("get", Route = "bind/{name}/{count}/{flag}/{id:guid}/{colour}/{limit?}")] HttpRequest request,
            string name,
            int count,
            bool flag,
            Guid id,
            Colour colour,
            long limit = 9) => $"{name} {count} {flag} {id} {colour} {limit}";

        [Function("body")]
        public string Body([HttpTrigger("post")] HttpRequest request, [FromBody] Person person) => $"{person.Name} is {person.Age}";
    }

    public class Injected(Visit visit, ILogger<Injected> logger)
    {
        [Function("injected")]
        public Visits Run(
            [HttpTrigger("get")] HttpRequest request,
            [DurableClient] DurableTaskClient client,
            FunctionContext function,
            CancellationToken cancellation)
        {
            logger.LogInformation("visited");
            return new(
                visit.Id,
                function.InstanceServices.GetRequiredService<Visit>() == visit,
                function.GetHttpContext() == request.HttpContext && function.CancellationToken == cancellation,
                client.Name,
                function.FunctionDefinition.Name,
                function.FunctionDefinition.InputBindings["request"].Type,
                function.InvocationId);
        }
    }

    public class Verbs
    {
        [Function("some")]
        public string Some([HttpTrigger("GET", "put", Route = "/verbs")] HttpRequest request) => "some";

        [Function("anyverb")]
        public string Any([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => "any";
    }

    public class Failures
    {
        [Function("throws")]
        public string Throws([HttpTrigger("get")] HttpRequest request) => throw new InvalidOperationException("secret");

        [Function("throwslater")]
        public async Task<string> ThrowsLater([HttpTrigger("get")] HttpRequest request)
        {
            await Task.Yield();
            throw new InvalidOperationException("secret");
        }

        [Function("unwritable")]
        public object Unwritable([HttpTrigger("get")] HttpRequest request) => new Unreadable();
    }

    public sealed class Unreadable
    {
        public string Value => throw new InvalidOperationException("secret");
    }

    public class Waits
    {
        internal static SemaphoreSlim Entered { get; } = new(0);

        internal static SemaphoreSlim Left { get; } = new(0);

        [Function("waits")]
        public async Task Run([HttpTrigger("get")] HttpRequest request, CancellationToken cancellation)
        {
            Entered.Release();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                Left.Release();
            }
        }
    }
}
