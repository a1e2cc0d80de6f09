using System.Net;
using System.Net.Http.Headers;
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
            $"{{\"input\": {{\"group\": \"{Group}\", \"steps\": []}}, \"metadata\": {{\"note\": \"value{text}\"}}}}");

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
        using StringContent content = Start();
        Answer answer = await Api.SendAsync(
            HttpMethod.Post, $"workflows/{Lab.Plain}/runs", content, [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "gopher")]);

        Assert.StartsWith("/api/runs/", answer.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task A_page_of_another_site_changes_nothing(string header, string value)
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL may be called with a key, which no other site's page has.");
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)));
        using StringContent content = Start();

        Answer[] answers =
        [
            await Api.SendAsync(HttpMethod.Post, $"workflows/{Lab.Plain}/runs", content, [(header, value)]),
            await Api.SendAsync(HttpMethod.Post, $"runs/{run.Id}/cancel", content: null, [(header, value)]),
            await Api.SendAsync(HttpMethod.Post, "system/drain?mode=immediate", content: null, [(header, value)]),
            await Api.SendAsync(HttpMethod.Delete, $"runs/{run.Id}", content: null, [(header, value)]),
        ];

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.Status));
        Assert.Null((await Api.GetAsync(run.Id)).Stop);
        Assert.Equal(HttpStatusCode.OK, (await Api.ReadAsync("runs", (header, value))).Status);
    }

    [Theory]
    [InlineData("same-origin", null)]
    [InlineData("none", null)]
    [InlineData("same-origin", "https://proxied.example")]
    [InlineData("cross-site", "x-functions-key")]
    [InlineData("cross-site", "Authorization")]
    public async Task The_apps_own_pages_and_those_that_it_lets_have_a_say(string site, string? other)
    {
        using StringContent content = Start();
        (string, string)[] more = other switch
        {
            null => [],
            "x-functions-key" => [(other, "mine")],
            "Authorization" => [(other, "Bearer mine")],
            _ => [("Origin", other)],
        };

        Answer answer = await Api.SendAsync(HttpMethod.Post, $"workflows/{Lab.Plain}/runs", content, [("Sec-Fetch-Site", site), .. more]);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    public async Task A_body_that_is_not_said_to_be_JSON_is_refused(string? type)
    {
        using StringContent content = Start();
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);

        Answer answer = await Api.SendAsync(HttpMethod.Post, $"workflows/{Lab.Plain}/runs", content);

        answer.ExpectProblem(HttpStatusCode.UnsupportedMediaType, "application/json is expected");
        Assert.Empty((await Api.ListAsync($"workflow={Lab.Plain}&text={Group}")).Items);
    }

    private StringContent Start() => new(
        $"{{\"input\": {{\"group\": \"{Group}\", \"steps\": []}}, \"metadata\": {{\"group\": \"{Group}\"}}}}", Encoding.UTF8, "application/json");

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

    /// <summary>A link with a key can be on any page, and the host in front goes by the key alone.</summary>
    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Origin", "https://evil.example")]
    public async Task A_key_in_the_address_does_not_let_a_page_of_another_site_in(string header, string value)
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "The settings of an app at PREEMPT_BASE_URL are its own.");
        (AppProcess process, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>
        {
            ["Preempt__Keys__Function"] = FunctionKey,
            ["Preempt__Keys__Admin"] = AdminKey,
        });
        using AppProcess ends = process;
        using HttpClient http = AppUnderTest.Connect(address);
        PreemptApi api = new(http);
        using StringContent content = Start();
        string path = $"workflows/{Lab.Plain}/runs";

        Answer inAddress = await api.SendAsync(HttpMethod.Post, $"{path}?code={FunctionKey}", content, [(header, value)]);
        Answer drain = await api.SendAsync(HttpMethod.Post, $"system/drain?code={AdminKey}", content: null, [(header, value)]);
        Answer reads = await api.ReadAsync($"runs?code={FunctionKey}", (header, value));
        using StringContent again = Start();
        Answer inHeader = await api.SendAsync(HttpMethod.Post, path, again, [(header, value), ("x-functions-key", FunctionKey)]);

        inAddress.ExpectProblem(HttpStatusCode.Forbidden, "A page of another site");
        drain.ExpectProblem(HttpStatusCode.Forbidden, "A page of another site");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), (reads.Status, inHeader.Status));
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex MadeId();
}
