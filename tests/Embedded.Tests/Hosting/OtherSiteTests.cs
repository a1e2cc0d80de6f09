using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Preempt.Embedded.Tests.Hosting;

/// <summary>Without keys whoever is on this machine may call; a page of another site in a browser of this machine may not.</summary>
public class OtherSiteTests
{
    private const string FunctionKey = "--Preempt:Keys:Function=function key";
    private const string AdminKey = "--Preempt:Keys:Admin=admin key";

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.OK)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://OWN", HttpStatusCode.OK)]
    [InlineData("Authorization", "Basic bWU6bWU=", HttpStatusCode.OK)]
    public async Task What_changes_something_is_not_for_pages_of_other_sites(string header, string value, HttpStatusCode expected)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Functions));
        value = value.Replace("OWN", app.Http.BaseAddress!.Authority, StringComparison.Ordinal);

        Assert.Equal(expected, (await SendAsync(app, "POST", "/api/keyed", (header, value))).StatusCode);
        Assert.Equal(expected, (await SendAsync(app, "DELETE", "/api/keyed", (header, value))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(app, "GET", "/api/keyed", (header, value))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(app, "POST", "/api/hook", (header, value))).StatusCode);
    }

    /// <summary>An app behind a proxy is called by the proxy's name, and its pages have that origin.</summary>
    [Theory]
    [InlineData("localhost", "http://localhost", HttpStatusCode.OK)]
    [InlineData("localhost", "http://LOCALHOST:80", HttpStatusCode.OK)]
    [InlineData("localhost", "http://localhost:8080", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost:7071", "http://evil.example:7071", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "https://app.example", HttpStatusCode.OK, "app.example")]
    [InlineData("localhost", "https://app.example:8443", HttpStatusCode.OK, "app.example:8443")]
    [InlineData("localhost", "https://evil.example", HttpStatusCode.Forbidden, "app.example")]
    [InlineData("localhost", "https://app.example:8443", HttpStatusCode.Forbidden, "app.example")]
    public async Task An_origin_is_the_apps_own_by_its_host_and_its_port(string host, string origin, HttpStatusCode expected, string? forwarded = null)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Functions));
        (string, string)[] proxy = forwarded is null ? [] : [("X-Forwarded-Host", forwarded)];

        Assert.Equal(expected, (await SendAsync(app, "POST", "/api/keyed", [("Host", host), ("Origin", origin), .. proxy])).StatusCode);
    }

    /// <summary>A browser asks before it sends a token for another site; a password that it knows it sends of itself.</summary>
    [Theory]
    [InlineData("Bearer mine", HttpStatusCode.OK)]
    [InlineData("Basic bWU6bWU=", HttpStatusCode.Forbidden)]
    public async Task A_page_of_another_site_that_shows_a_token_was_let_in_and_one_with_a_password_was_not(string authorization, HttpStatusCode expected)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Functions));

        Assert.Equal(expected, (await SendAsync(app, "POST", "/api/keyed", ("Sec-Fetch-Site", "cross-site"), ("Authorization", authorization))).StatusCode);
        Assert.Equal(expected, (await SendAsync(app, "POST", "/api/keyed", ("Origin", "https://evil.example"), ("Authorization", authorization))).StatusCode);
    }

    [Theory]
    [InlineData("POST", "instances/one/terminate")]
    [InlineData("POST", "instances/one/suspend")]
    [InlineData("POST", "orchestrators/none")]
    [InlineData("POST", "entities/none/key?op=delete")]
    [InlineData("DELETE", "instances/one")]
    public async Task Nor_is_the_management_API(string method, string path)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Functions));
        path = $"/runtime/webhooks/durabletask/{path}";

        HttpResponseMessage refused = await SendAsync(app, method, path, ("Sec-Fetch-Site", "cross-site"));
        HttpResponseMessage own = await SendAsync(app, method, path, ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Contains("x-functions-key", JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True(own.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{own.StatusCode}");
    }

    [Fact]
    public async Task A_key_that_is_shown_is_enough()
    {
        await using TestApp app = await TestApp.StartAsync(TestApp.NewBuilder([typeof(Functions)], FunctionKey, AdminKey));

        HttpResponseMessage shown = await SendAsync(app, "POST", "/api/keyed", ("Sec-Fetch-Site", "cross-site"), ("x-functions-key", "function key"));
        HttpResponseMessage none = await SendAsync(app, "POST", "/api/keyed", ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (shown.StatusCode, none.StatusCode));
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("evil.example:7071", HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("192.0.2.1", HttpStatusCode.BadRequest)]
    [InlineData("localhost:7071", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:80", HttpStatusCode.OK)]
    public async Task A_name_that_was_made_to_lead_here_is_refused(string host, HttpStatusCode expected)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Functions));

        Assert.Equal(expected, (await SendAsync(app, "GET", "/api/keyed", ("Host", host))).StatusCode);
        Assert.Equal(expected, (await SendAsync(app, "GET", "/api/hook", ("Host", host))).StatusCode);
        Assert.Equal(expected, (await SendAsync(app, "GET", "/runtime/webhooks/durabletask/instances", ("Host", host))).StatusCode);
    }

    [Theory]
    [InlineData("--AllowedHosts=app.example;localhost")]
    [InlineData(FunctionKey, AdminKey)]
    public async Task Other_names_are_those_that_a_setting_names_and_all_where_a_key_is_asked_for(params string[] settings)
    {
        await using TestApp app = await TestApp.StartAsync(TestApp.NewBuilder([typeof(Functions)], settings));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(app, "GET", "/api/hook", ("Host", "app.example"))).StatusCode);
    }

    [Theory]
    [InlineData("text/plain", 100, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded", 100, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", 4 * 1024 * 1024, HttpStatusCode.Accepted)]
    [InlineData("application/json", 4 * 1024 * 1024 + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_of_the_management_API_is_JSON_and_has_a_bound(string type, int length, HttpStatusCode expected)
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Functions));

        foreach (bool isLengthTold in new[] { true, false })
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/runtime/webhooks/durabletask/orchestrators/nothing");
            request.Content = new StringContent($"\"{new string('x', length - 2)}\"", Encoding.ASCII, type);
            request.Headers.TransferEncodingChunked = !isLengthTold;
            Assert.Equal(expected, (await app.Http.SendAsync(request)).StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(TestApp app, string method, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await app.Http.SendAsync(request);
    }

    public class Functions
    {
        [Function("keyed")]
        public string Keyed([HttpTrigger("get", "post", "delete")] HttpRequest request) => "keyed";

        /// <summary>What anybody may call is its author's to protect.</summary>
        [Function("hook")]
        public string Hook([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post")] HttpRequest request) => "hook";

        [Function("nothing")]
        public static Task Nothing([OrchestrationTrigger] Microsoft.DurableTask.TaskOrchestrationContext context) => Task.CompletedTask;
    }
}
