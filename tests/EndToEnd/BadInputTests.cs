using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class BadInputTests(AppUnderTest app) : EndToEndTests(app)
{
    private const int MaxBodyLength = 1 << 20;
    private const string Steps = "\"steps\": [{\"seconds\": 1}]";
    private const string Input = $"\"input\": {{\"group\": \"GROUP\", {Steps}}}";

    /// <summary>Bodies of a start, with GROUP for the test's group, and what the error's detail must mention.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> BadStarts { get; } =
    [
        Row("empty", "", "body"),
        Row("null", "null", "body"),
        Row("an array", "[]", "JSON"),
        Row("a text", "\"GROUP\"", "JSON"),
        Row("cut off", $"{{{Input}", "JSON"),
        Row("followed by text", $"{{{Input}}} and more", "invalid"),
        Row("trailing comma", $"{{{Input}, }}", "JSON"),
        Row("unknown member", $"{{{Input}, \"timeuot\": \"5s\"}}", "timeuot"),
        Row("member given twice", $"{{{Input}, \"key\": \"GROUP\", \"key\": \"GROUP-2\"}}", "key"),
        Row("no input", "{}", "input"),
        Row("input is text", "{\"input\": \"GROUP\"}", "input"),
        Row("no group", $"{{\"input\": {{{Steps}}}}}", "group"),
        Row("group is null", $"{{\"input\": {{\"group\": null, {Steps}}}}}", "group"),
        Row("group is an object", $"{{\"input\": {{\"group\": {{\"name\": \"GROUP\"}}, {Steps}}}}}", "group"),
        Row("group is half a surrogate pair", $"{{\"input\": {{\"group\": \"GROUP\\ud800\", {Steps}}}}}", "group"),
        Row("steps is null", "{\"input\": {\"group\": \"GROUP\", \"steps\": null}}", "steps"),
        Row("steps is text", "{\"input\": {\"group\": \"GROUP\", \"steps\": \"none\"}}", "steps"),
        Row("a step is null", "{\"input\": {\"group\": \"GROUP\", \"steps\": [null]}}", "steps"),
        Row("seconds is text", "{\"input\": {\"group\": \"GROUP\", \"steps\": [{\"seconds\": \"long\"}]}}", "seconds"),
        Row("seconds is a number in quotes", "{\"input\": {\"group\": \"GROUP\", \"steps\": [{\"seconds\": \"0\"}]}}", "seconds"),
        Row("priority is a number in quotes", $"{{{Input}, \"priority\": \"1\"}}", "priority"),
        Row("ignoreStop is a number", "{\"input\": {\"group\": \"GROUP\", \"steps\": [{\"seconds\": 1, \"ignoreStop\": 1}]}}", "ignoreStop"),
        Row("onStop is unknown", $"{{\"input\": {{\"group\": \"GROUP\", {Steps}, \"onStop\": \"explode\"}}}}", "onStop"),
        Row("cleanupSeconds is text", $"{{\"input\": {{\"group\": \"GROUP\", {Steps}, \"cleanupSeconds\": \"1s\"}}}}", "cleanupSeconds"),
        Row("timeout is no duration", $"{{{Input}, \"timeout\": \"soon\"}}", "timeout"),
        Row("timeout has no unit", $"{{{Input}, \"timeout\": \"42\"}}", "timeout"),
        Row("timeout is negative", $"{{{Input}, \"timeout\": \"-1s\"}}", "timeout"),
        Row("timeout is a negative number", $"{{{Input}, \"timeout\": -1}}", "timeout"),
        Row("timeout is a boolean", $"{{{Input}, \"timeout\": true}}", "timeout"),
        Row("metadata is text", $"{{{Input}, \"metadata\": \"text\"}}", "metadata"),
        Row("metadata has a number", $"{{{Input}, \"metadata\": {{\"attempts\": 1}}}}", "metadata"),
        Row("metadata has a null", $"{{{Input}, \"metadata\": {{\"region\": null}}}}", "metadata"),
        Row("key is a number", $"{{{Input}, \"key\": 5}}", "key"),
        Row("runId is a number", $"{{{Input}, \"runId\": 5}}", "runId"),
        Row("runId has a space", $"{{{Input}, \"runId\": \"with space\"}}", "run id"),
        Row("runId starts as entities do", $"{{{Input}, \"runId\": \"@GROUP\"}}", "run id"),
        Row("runId is one of Preempt's own", $"{{{Input}, \"runId\": \"_mode:1\"}}", "Preempt's own"),
        Row("runId begins with a tilde", $"{{{Input}, \"runId\": \"~GROUP\"}}", "Preempt's own"),
        Row("runId is too long", $"{{{Input}, \"runId\": \"{new string('a', 101)}\"}}", "run id"),
    ];

    /// <summary>Bodies of a cancel, and what the error's detail must mention.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> BadCancels { get; } =
    [
        Row("grace is negative", "{\"reason\": \"x\", \"grace\": \"-1s\"}", "grace"),
        Row("grace is a negative number", "{\"reason\": \"x\", \"grace\": -1}", "grace"),
        Row("grace is no duration", "{\"reason\": \"x\", \"grace\": \"soon\"}", "grace"),
        Row("grace has no unit", "{\"reason\": \"x\", \"grace\": \"42\"}", "grace"),
        Row("grace is an array", "{\"reason\": \"x\", \"grace\": [1]}", "grace"),
        Row("reason is a number", "{\"reason\": 5}", "reason"),
        Row("reason is half a surrogate pair", "{\"reason\": \"x\\ud800\"}", "reason"),
        Row("cut off", "{\"reason\": \"x\"", "JSON"),
        Row("an array", "[]", "JSON"),
    ];

    [Theory]
    [MemberData(nameof(BadStarts))]
    public async Task Bad_start_is_refused_and_starts_nothing(string body, string mentioned)
    {
        Answer answer = await Api.PostAsync($"workflows/{Lab.CancelInProgress}/runs", body.Replace("GROUP", Group, StringComparison.Ordinal));

        answer.ExpectProblem(HttpStatusCode.BadRequest, mentioned);
        await AssertNothingStartedAsync();
    }

    [Theory]
    [MemberData(nameof(BadCancels))]
    public async Task Bad_cancel_is_refused_and_stops_nothing(string body, string mentioned)
    {
        Run run = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong)));
        await Api.WaitForWorkAsync(run);

        Answer answer = await Api.PostAsync($"runs/{run.Id}/cancel", body);

        answer.ExpectProblem(HttpStatusCode.BadRequest, mentioned);
        run = await Api.GetAsync(run.Id);
        Assert.Equal("Running", run.Status);
        Assert.Null(run.Stop);
    }

    [Theory]
    [InlineData("no-such-workflow")]
    [InlineData("LabCancelInProgress")]
    [InlineData("not%20a%20name")]
    public async Task Unknown_workflow_is_not_found(string workflow)
    {
        Answer answer = await Api.PostAsync($"workflows/{workflow}/runs", new { input = new LabInput(Group, new LabStep(1)) });

        answer.ExpectProblem(HttpStatusCode.NotFound, Uri.UnescapeDataString(workflow));
        await AssertNothingStartedAsync();
    }

    [Fact]
    public async Task Timeout_above_the_workflows_maximum_is_refused()
    {
        Answer answer = await Api.PostAsync(
            "workflows/chat-reply/runs", new { input = new { userId = Group, message = "Take your time." }, timeout = "3000 days" });

        answer.ExpectProblem(HttpStatusCode.BadRequest, "timeout");
        await AssertEmptyAsync("chat-reply", Group);
    }

    [Theory]
    [InlineData("{\"input\": {\"userId\": \"GROUP\"}}", "message")]
    [InlineData("{\"input\": {\"userId\": \"GROUP\", \"message\": null}}", "message")]
    [InlineData("{\"input\": {\"message\": \"Hello?\"}}", "userId")]
    [InlineData("{\"input\": {\"userId\": 5, \"message\": \"Hello?\"}}", "userId")]
    public async Task Chat_reply_needs_a_user_and_a_message(string body, string mentioned)
    {
        Answer answer = await Api.PostAsync("workflows/chat-reply/runs", body.Replace("GROUP", Group, StringComparison.Ordinal));

        answer.ExpectProblem(HttpStatusCode.BadRequest, mentioned);
        await AssertEmptyAsync("chat-reply", Group);
    }

    [Fact]
    public async Task Body_that_is_not_utf8_is_refused()
    {
        byte[] body = Encoding.Latin1.GetBytes($"{{{Input.Replace("GROUP", $"{Group}-\u00e9", StringComparison.Ordinal)}}}");
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        Answer answer = await Api.SendAsync(HttpMethod.Post, $"workflows/{Lab.CancelInProgress}/runs", content);

        answer.ExpectProblem(HttpStatusCode.BadRequest, "UTF-8");
        await AssertEmptyAsync(Lab.CancelInProgress, $"{Group}-\ufffd");
    }

    [Fact]
    public async Task Key_for_a_workflow_without_rules_is_refused()
    {
        Answer answer = await Api.PostAsync($"workflows/{Lab.Plain}/runs", new { input = new LabInput(Group, new LabStep(0)), key = Group });

        answer.ExpectProblem(HttpStatusCode.BadRequest, "key");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_over_512_characters_is_refused(bool isGiven)
    {
        string key = Group.PadRight(513, 'k');

        Answer answer = await Api.PostAsync(
            $"workflows/{Lab.CancelInProgress}/runs",
            isGiven
                ? new { input = new LabInput(Group, new LabStep(1)), key }
                : new { input = new LabInput(key, new LabStep(1)) });

        answer.ExpectProblem(HttpStatusCode.BadRequest, "key");
        answer.ExpectProblem(HttpStatusCode.BadRequest, "512");
        await AssertNothingStartedAsync();
    }

    [Fact]
    public async Task Key_of_512_characters_is_taken()
    {
        string key = Group.PadRight(512, 'k');

        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.CancelInProgress, new LabInput(key, new LabStep(0))));

        Assert.Equal(("Succeeded", key), (run.Status, run.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_over_one_mebibyte_is_too_large(bool isLengthTold)
    {
        Answer answer = await PostPaddedAsync(MaxBodyLength + 1, isLengthTold);

        answer.ExpectProblem(HttpStatusCode.RequestEntityTooLarge, "1");
        await AssertNothingStartedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_of_one_mebibyte_is_taken(bool isLengthTold)
    {
        Answer answer = await PostPaddedAsync(MaxBodyLength, isLengthTold);

        Run run = await Api.WaitAsync(answer.Read<Run>(HttpStatusCode.Accepted));
        Assert.Equal("Succeeded", run.Status);
    }

    private static TheoryDataRow<string, string> Row(string label, string body, string mentioned) => new(body, mentioned) { Label = label };

    /// <summary>Starts a run with a body that white space brings to this length.</summary>
    private async Task<Answer> PostPaddedAsync(int length, bool isLengthTold)
    {
        string body = $"{{{Input.Replace("GROUP", Group, StringComparison.Ordinal)}}}".PadRight(length);
        using StringContent content = new(body, Encoding.ASCII, new MediaTypeHeaderValue("application/json"));
        using HttpContent sent = isLengthTold ? content : new ChunkedContent(content);
        return await Api.SendAsync(HttpMethod.Post, $"workflows/{Lab.CancelInProgress}/runs", sent);
    }

    private Task AssertNothingStartedAsync() => AssertEmptyAsync(Lab.CancelInProgress, Group);

    private async Task AssertEmptyAsync(string workflow, string key)
    {
        Gate gate = await Api.GateAsync(workflow, key);
        Assert.Empty(gate.Holders);
        Assert.Empty(gate.Waiters);
        Assert.Equal(0, gate.LastToken);
    }

    /// <summary>Content that is sent in chunks, so that its length is not known before its end.</summary>
    private sealed class ChunkedContent : HttpContent
    {
        private readonly HttpContent _content;

        public ChunkedContent(HttpContent content)
        {
            _content = content;
            Headers.ContentType = content.Headers.ContentType;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _content.CopyToAsync(stream, context);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
