using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed partial class SecurityTests(AppUnderTest app) : EndToEndTests(app)
{
    private const string FunctionKey = "function-key-f3b1c9";
    private const string AdminKey = "admin-key-77d2aa";

    [Fact]
    public async Task A_request_has_an_id_its_own_where_that_is_sane()
    {
        Answer own = await Api.ReadAsync("health", ("X-Request-Id", "my-request.1"));
        Answer made = await Api.ReadAsync("health");
        Answer refused = await Api.ReadAsync("runs/no-such-run", ("X-Request-Id", "my-request.2"));

        Assert.Equal("my-request.1", own.Headers["X-Request-Id"]);
        Assert.Matches(MadeId(), made.Headers["X-Request-Id"]);
        Assert.Equal("my-request.2", refused.Headers["X-Request-Id"]);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("a,b")]
    [InlineData("<script>")]
    [InlineData("")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_request_id_that_is_not_sane_is_replaced(string id) =>
        Assert.Matches(MadeId(), (await Api.ReadAsync("health", ("X-Request-Id", id))).Headers["X-Request-Id"]);

    [Fact]
    public async Task Other_origins_are_told_nothing()
    {
        Answer simple = await Api.ReadAsync("workflows", ("Origin", "https://evil.example"));
        Answer preflight = await Api.SendAsync(
            HttpMethod.Options, $"workflows/{Lab.Plain}/runs", content: null, [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")]);

        Assert.DoesNotContain(simple.Headers.Keys.Concat(preflight.Headers.Keys), name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(HttpStatusCode.NotFound, preflight.Status);
    }

    [Theory]
    [InlineData("\\r\\nSet-Cookie: a=b")]
    [InlineData("\\u0000\\u0001")]
    [InlineData("\\u2028\\u202e")]
    public async Task What_a_caller_says_comes_back_in_the_body_and_in_no_header(string text)
    {
        Answer answer = await Api.PostAsync(
            $"workflows/{Lab.Plain}/runs",
            $"{{\"input\": {{\"group\": \"{Group}\", \"steps\": []}}, \"metadata\": {{\"note{text}\": \"value{text}\"}}}}");

        Run run = answer.Read<Run>(HttpStatusCode.Accepted);
        Assert.Equal("value", Assert.Single(run.Metadata).Value[..5]);
        Assert.DoesNotContain("Set-Cookie", answer.Headers.Keys);
        Assert.All(answer.Headers, header => Assert.DoesNotContain("value", header.Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("%2e%2e/%2e%2e/x")]
    [InlineData("a%0d%0aSet-Cookie:b")]
    public async Task An_id_leads_nowhere_but_to_a_run(string id) =>
        Assert.Equal(HttpStatusCode.NotFound, (await Api.ReadAsync($"runs/{id}")).Status);

    [Fact]
    public async Task A_location_names_no_host_whatever_the_caller_calls_it()
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes($"{{\"input\": {{\"group\": \"{Group}\", \"steps\": []}}}}"));
        Answer answer = await Api.SendAsync(
            HttpMethod.Post, $"workflows/{Lab.Plain}/runs", content, [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "gopher")]);

        Assert.StartsWith("/api/runs/", answer.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_open_what_they_are_for_and_are_in_no_log()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "The settings of an app at PREEMPT_BASE_URL are its own.");
        (AppProcess process, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>
        {
            ["Preempt__Keys__Function"] = FunctionKey,
            ["Preempt__Keys__Admin"] = AdminKey,
            ["Logging__LogLevel__Default"] = "Trace",
        });
        using AppProcess ends = process;
        using HttpClient http = AppUnderTest.Connect(address);
        http.DefaultRequestHeaders.Add("x-functions-key", FunctionKey);
        PreemptApi api = new(http);

        Answer[] withFunctionKey =
        [
            await api.ReadAsync("runs"), await api.ReadAsync("openapi.json"), await api.PostAsync("runs/bulk-cancel", "{}"), await api.PostAsync("system/drain", ""),
        ];
        http.DefaultRequestHeaders.Remove("x-functions-key");
        Answer[] without = [await api.ReadAsync("runs"), await api.ReadAsync("health"), await api.ReadAsync("dashboard")];
        Answer withAdminKey = await api.ReadAsync($"runs?code={AdminKey}");
        Answer bulk = await api.PostAsync($"runs/bulk-cancel?code={AdminKey}", "{}");

        Assert.Equal([200, 200, 401, 401], withFunctionKey.Select(answer => (int)answer.Status));
        Assert.Equal([401, 200, 200], without.Select(answer => (int)answer.Status));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (withAdminKey.Status, bulk.Status));
        Assert.DoesNotContain(FunctionKey, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(AdminKey, process.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex MadeId();
}
