using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Preempt.Embedded.Hosting;

namespace Preempt.Embedded.Tests.Hosting;

public class AccessKeyTests
{
    private const string FunctionKey = "--Preempt:Keys:Function=function key";
    private const string AdminKey = "--Preempt:Keys:Admin=admin key";

    [Theory]
    [InlineData("open", null, HttpStatusCode.OK)]
    [InlineData("keyed", null, HttpStatusCode.Unauthorized)]
    [InlineData("keyed", "function key", HttpStatusCode.OK)]
    [InlineData("keyed", "admin key", HttpStatusCode.OK)]
    [InlineData("keyed", "Function key", HttpStatusCode.Unauthorized)]
    [InlineData("keyed", "", HttpStatusCode.Unauthorized)]
    [InlineData("admins", null, HttpStatusCode.Unauthorized)]
    [InlineData("admins", "function key", HttpStatusCode.Unauthorized)]
    [InlineData("admins", "admin key", HttpStatusCode.OK)]
    [InlineData("unknown", null, HttpStatusCode.NotFound)]
    public async Task A_level_needs_its_key(string function, string? key, HttpStatusCode expected)
    {
        await using TestApp app = await StartAsync(FunctionKey, AdminKey);

        using HttpRequestMessage withHeader = new(HttpMethod.Get, $"/api/{function}");
        if (key is not null) withHeader.Headers.Add("x-functions-key", key);
        HttpResponseMessage byHeader = await app.Http.SendAsync(withHeader);
        HttpResponseMessage byQuery = await app.Http.GetAsync(
            new Uri($"/api/{function}{(key is null ? "" : $"?code={Uri.EscapeDataString(key)}")}", UriKind.Relative));

        Assert.Equal((expected, expected), (byHeader.StatusCode, byQuery.StatusCode));
    }

    [Theory]
    [InlineData("function key", HttpStatusCode.Unauthorized)]
    [InlineData("admin key", HttpStatusCode.OK)]
    public async Task The_management_api_is_the_administrators(string key, HttpStatusCode expected)
    {
        await using TestApp app = await StartAsync(FunctionKey, AdminKey);

        HttpResponseMessage answer = await app.Http.GetAsync(
            new Uri($"/runtime/webhooks/durabletask/instances?code={Uri.EscapeDataString(key)}", UriKind.Relative));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_document_that_says_nothing_more()
    {
        await using TestApp app = await StartAsync(FunctionKey, AdminKey);

        HttpResponseMessage refused = await app.Http.GetAsync(new Uri("/api/keyed?code=wrong", UriKind.Relative));

        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
        Assert.False(problem.TryGetProperty("detail", out _));
    }

    [Fact]
    public async Task Without_keys_an_app_on_loopback_is_open()
    {
        await using TestApp app = await StartAsync();

        Assert.Equal("admins", await app.Http.GetStringAsync(new Uri("/api/admins", UriKind.Relative)));
    }

    [Theory]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--urls=http://127.0.0.1:0;http://*:0")]
    [InlineData("--urls=http://[::]:0")]
    [InlineData("--urls=http://192.0.2.1:80")]
    [InlineData("--urls=http://example.test:80")]
    [InlineData("--urls=", "--http_ports=8080")]
    [InlineData("--urls=", "--https_ports=8443")]
    [InlineData("--urls=http://localhost:0", "--Kestrel:Endpoints:A:Url=http://*:80")]
    public void An_app_that_others_can_reach_does_not_start_without_keys(params string[] listen)
    {
        InvalidOperationException refusal = Refusal(listen);

        Assert.Contains("which others can reach", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Set Preempt:Keys:Function and Preempt:Keys:Admin (in the environment: Preempt__Keys__Function, Preempt__Keys__Admin)",
            refusal.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AdminKey, "Set Preempt:Keys:Function (")]
    [InlineData(FunctionKey, "Set Preempt:Keys:Admin (")]
    public void One_key_is_not_enough(string key, string expected)
    {
        Assert.Contains(expected, Refusal(key).Message, StringComparison.Ordinal);
        Assert.Contains(expected, Refusal(key, "--urls=http://*:0").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_others_can_reach_starts_with_keys()
    {
        await using TestApp app = await StartAsync("--urls=http://127.0.0.1:0;http://0.0.0.0:0", FunctionKey, AdminKey);

        Assert.Equal("open", await app.Http.GetStringAsync(new Uri("/api/open", UriKind.Relative)));
    }

    [Theory]
    [InlineData("http://localhost:7071")]
    [InlineData("http://127.0.0.2:7071")]
    [InlineData("https://[::1]:7071")]
    [InlineData("http://unix:/run/app.sock")]
    public void Only_this_machine_can_reach_loopback(string address) => Assert.True(ListenAddresses.IsLoopback(address));

    [Fact]
    public void Ports_do_not_count_where_a_url_is_named()
    {
        IConfiguration app = new ConfigurationBuilder()
            .AddInMemoryCollection([new("urls", "http://127.0.0.1:7071"), new("http_ports", "8080")]).Build();

        Assert.Equal(["http://127.0.0.1:7071"], ListenAddresses.Of(app));
    }

    private static Task<TestApp> StartAsync(params string[] settings) => TestApp.StartAsync(TestApp.NewBuilder([typeof(Levels)], settings));

    private static InvalidOperationException Refusal(params string[] settings)
    {
        EmbeddedAppBuilder builder = TestApp.NewBuilder([typeof(Levels)], settings);
        return Assert.Throws<InvalidOperationException>(() => builder.Build());
    }

    public class Levels
    {
        [Function("open")]
        public string Open([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => "open";

        [Function("keyed")]
        public string Keyed([HttpTrigger("get")] HttpRequest request) => "keyed";

        [Function("admins")]
        public string Admins([HttpTrigger(AuthorizationLevel.Admin, "get")] HttpRequest request) => "admins";
    }
}
