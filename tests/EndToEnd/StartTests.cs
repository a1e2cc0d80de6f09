using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class StartTests(AppUnderTest app) : EndToEndTests(app)
{
    private const string Path = $"workflows/{Lab.Plain}/runs";

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    [InlineData("application/vnd.example+json")]
    public async Task Body_is_JSON_by_any_type_that_says_so(string type)
    {
        using StringContent content = new(
            $"{{\"input\": {{\"group\": \"{Group}\", \"steps\": []}}}}", Encoding.UTF8, MediaTypeHeaderValue.Parse(type));

        Answer answer = await Api.SendAsync(HttpMethod.Post, Path, content);

        answer.Expect(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Metadata_stays_with_the_run()
    {
        Answer answer = await Api.PostAsync(
            Path,
            new { input = new LabInput(Group, new LabStep(0.1)), metadata = new { region = "eu", build = "42" } });

        Run run = await Api.WaitAsync(answer.Read<Run>(HttpStatusCode.Accepted));

        Assert.Equal([("build", "42"), ("region", "eu")], run.Metadata.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public async Task Given_key_takes_the_place_of_the_computed_one()
    {
        string key = $"{Group} / ключ ☂";
        Answer answer = await Api.PostAsync(
            $"workflows/{Lab.CancelInProgress}/runs", new { input = new LabInput(Group, new LabStep(Lab.VeryLong)), key });

        Run run = await Api.WaitForWorkAsync(answer.Read<Run>(HttpStatusCode.Accepted));

        Assert.Equal(key, run.Key);
        Assert.Equal(run.Id, Assert.Single((await Api.GateAsync(Lab.CancelInProgress, key)).Holders).RunId);
    }

    [Fact]
    public async Task Chosen_run_id_names_one_run_only()
    {
        string runId = $"chosen-{Guid.NewGuid():N}";
        object start = new { input = new LabInput(Group, new LabStep(0.1)), runId };
        Answer first = await Api.PostAsync(Path, start);
        Run run = await Api.WaitAsync(first.Read<Run>(HttpStatusCode.Accepted));

        Answer second = await Api.PostAsync(Path, start);

        Assert.Equal(runId, run.Id);
        Problem problem = second.ExpectProblem(HttpStatusCode.Conflict, runId);
        Assert.Equal(run.EndedAt, problem.Run?.EndedAt);
    }

    [Fact]
    public async Task Of_simultaneous_starts_with_one_run_id_one_is_taken()
    {
        string runId = $"chosen-{Guid.NewGuid():N}";
        object start = new { input = new LabInput(Group, new LabStep(0.1)), runId };

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Api.PostAsync(Path, start)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Accepted);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Accepted), answer => answer.ExpectProblem(HttpStatusCode.Conflict, runId));
    }

    [Fact]
    public async Task Ended_run_stays_ended_while_others_try_to_start_its_id()
    {
        string runId = $"chosen-{Guid.NewGuid():N}";
        object start = new { input = new LabInput(Group), runId };
        Run run = await Api.WaitAsync((await Api.PostAsync(Path, start)).Read<Run>(HttpStatusCode.Accepted));

        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            Run seen = number % 2 == 0
                ? await Api.GetAsync(runId)
                : (await Api.PostAsync(Path, start)).ExpectProblem(HttpStatusCode.Conflict, runId).Run!;
            Assert.Equal(("Succeeded", run.QueuedAt, run.EndedAt), (seen.Status, seen.QueuedAt, seen.EndedAt));
        });
    }

    [Fact]
    public async Task Text_of_any_script_survives()
    {
        const string Text = "zażółć 日本語 🦊 \"quoted\" \\ <b>&amp;</b> \u0001";

        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0) { Output = Text })));

        Assert.Equal(Text, run.Output?.EnumerateArray().Single().GetString());
        Assert.Equal(Text, run.Input?.GetProperty("steps")[0].GetProperty("output").GetString());
    }

    [Fact]
    public async Task Deeply_nested_input_is_shown_wherever_the_run_is()
    {
        // The input itself, its steps and the step are three of the 32 levels that an input may have.
        const int Depth = 29;
        string nested = new string('[', Depth) + new string(']', Depth);
        string start = $"{{\"input\": {{\"group\": \"{Group}\", \"steps\": [{{\"seconds\": 0, \"output\": {nested}}}]}}}}";
        Answer answer = await Api.PostAsync(Path, start);

        Run run = await Api.WaitAsync(answer.Read<Run>(HttpStatusCode.Accepted));

        Assert.Equal($"[{nested}]", run.Output?.GetRawText());
        Assert.Equal(run.Id, (await Api.SendCancelAsync(run.Id)).ExpectProblem(HttpStatusCode.Conflict, "ended").Run?.Id);
    }

    [Fact]
    public async Task Input_nested_too_deeply_is_refused()
    {
        string nested = new string('[', 60) + new string(']', 60);
        string start = $"{{\"input\": {{\"group\": \"{Group}\", \"steps\": [{{\"seconds\": 0, \"output\": {nested}}}]}}}}";

        (await Api.PostAsync(Path, start)).ExpectProblem(HttpStatusCode.BadRequest, "input");
    }

    [Fact]
    public async Task Same_idempotency_key_again_gives_the_first_run()
    {
        string key = $"{Group}, the key";
        Run first = (await StartOnceAsync(key, seconds: 0.1)).Read<Run>(HttpStatusCode.Accepted);

        Answer again = await StartOnceAsync(key, seconds: 0.1);
        Run ended = await Api.WaitAsync(first);
        Answer afterTheEnd = await StartOnceAsync(key, seconds: 0.1);

        Assert.Equal(first.Id, again.Read<Run>(HttpStatusCode.OK).Id);
        Assert.EndsWith($"/api/runs/{first.Id}", again.Location?.OriginalString, StringComparison.Ordinal);
        Run last = afterTheEnd.Read<Run>(HttpStatusCode.OK);
        Assert.Equal((first.Id, ended.EndedAt, "Succeeded"), (last.Id, last.EndedAt, last.Status));
    }

    [Fact]
    public async Task An_idempotency_key_stands_for_one_request()
    {
        (await StartOnceAsync(Group, seconds: 0.1)).Expect(HttpStatusCode.Accepted);
        object input = new LabInput(Group, new LabStep(0.1));

        Answer otherInput = await StartOnceAsync(Group, seconds: 5);
        Answer otherOptions = await Api.PostAsync(Path, new { input, priority = 1 }, Group);
        Answer otherSpelling = await Api.PostAsync(Path, $" {JsonSerializer.Serialize(new { priority = 0, input }, ApiJson.Options)} ", Group);

        Assert.Equal("urn:preempt:idempotency-key-reused", otherInput.ExpectProblem(HttpStatusCode.UnprocessableEntity, "another request").Type);
        otherOptions.ExpectProblem(HttpStatusCode.UnprocessableEntity, "another request");
        otherSpelling.Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Simultaneous_starts_with_one_idempotency_key_start_one_run()
    {
        for (int round = 1; round <= 10; round++)
        {
            string key = $"{Group}-{round}";

            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartOnceAsync(key, seconds: 0)));

            ILookup<HttpStatusCode, string> ids = answers.ToLookup(answer => answer.Status, answer => answer.Read<Run>(answer.Status).Id);
            string started = Assert.Single(ids[HttpStatusCode.Accepted]);
            Assert.Equal(19, ids[HttpStatusCode.OK].Count(id => id == started));
        }
    }

    [Fact]
    public async Task Each_workflow_has_idempotency_keys_of_its_own()
    {
        Answer one = await StartOnceAsync(Group, seconds: 0.1);
        Answer other = await Api.PostAsync($"workflows/{Lab.Immediate}/runs", new { input = new LabInput(Group) }, Group);

        Assert.NotEqual(one.Read<Run>(HttpStatusCode.Accepted).Id, other.Read<Run>(HttpStatusCode.Accepted).Id);
    }

    [Fact]
    public async Task Refused_start_does_not_use_up_its_idempotency_key()
    {
        Answer refused = await Api.PostAsync(Path, new { input = "none" }, Group);

        Answer accepted = await StartOnceAsync(Group, seconds: 0.1);

        refused.ExpectProblem(HttpStatusCode.BadRequest, "input");
        accepted.Expect(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task New_idempotency_key_does_not_claim_the_run_of_another_start()
    {
        object start = new { input = new LabInput(Group), runId = $"chosen-{Guid.NewGuid():N}" };
        (await Api.PostAsync(Path, start)).Expect(HttpStatusCode.Accepted);

        Answer answer = await Api.PostAsync(Path, start, Group);

        answer.ExpectProblem(HttpStatusCode.Conflict, "exists");
    }

    [Fact]
    public async Task Idempotency_key_over_its_limit_is_refused()
    {
        Answer answer = await StartOnceAsync(Group.PadRight(256, 'k'), seconds: 0.1);

        answer.ExpectProblem(HttpStatusCode.BadRequest, "Idempotency-Key");
    }

    private Task<Answer> StartOnceAsync(string idempotencyKey, double seconds) =>
        Api.PostAsync(Path, new { input = new LabInput(Group, new LabStep(seconds)) }, idempotencyKey);
}
