using System.Globalization;
using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Field;

/// <summary>What callers write, and what they mean by it.</summary>
public sealed class MeaningTests(AppUnderTest app) : FieldTests(app)
{
    [Fact]
    public async Task An_event_from_before_the_start_does_not_end_the_run()
    {
        string name = $"early-{Guid.NewGuid():N}";
        (await Api.PostAsync($"events/{name}", new { })).Expect(HttpStatusCode.Accepted);

        Run run = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, Long) { EndWhen = $"event {name}" }));

        Assert.Null(run.Stop);
        (await Api.PostAsync($"events/{name}", new { })).Expect(HttpStatusCode.Accepted);
        Assert.Equal("EndCondition", (await Api.WaitAsync(run)).Stop?.Reason);
    }

    [Fact]
    public async Task An_event_of_nearly_a_mebibyte_is_heard_like_any_other()
    {
        string name = $"large-{Guid.NewGuid():N}";
        string rest = new('x', 900 * 1024);
        Run run = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, Long) { EndWhen = $"event {name} where order.paid = true" }));

        (await Api.AskAsync($"runs/{run.Id}/events/{name}", new { rest, order = new { paid = false } })).Expect(HttpStatusCode.Accepted);
        Assert.Null((await Api.GetAsync(run.Id)).Stop);
        (await Api.PostAsync($"events/{name}", new { rest, order = new { paid = true } })).Expect(HttpStatusCode.Accepted);

        Assert.Equal("EndCondition", (await Api.WaitAsync(run)).Stop?.Reason);
    }

    [Fact]
    public async Task A_run_carries_all_the_metadata_that_it_may_have()
    {
        Dictionary<string, string> metadata = Enumerable.Range(0, 32).ToDictionary(number => $"{number}".PadRight(64, 'ñ'), number => $"{number}{Group}".PadRight(512, '値'));

        Run run = await Api.WaitAsync(await StartAsync(Lab.Plain, new { input = new LabInput(Group), metadata }));

        Assert.Equal(metadata.OrderBy(entry => entry.Key), run.Metadata.OrderBy(entry => entry.Key));
        Assert.Equal(run.Id, Assert.Single((await Api.ListAsync($"workflow={Lab.Plain}&text=31{Group}")).Items).Id);
    }

    [Fact]
    public async Task Numbers_that_are_equal_are_one_key_and_so_is_their_text()
    {
        string number = Random.Shared.Next(100_000_000, 1_000_000_000).ToString(CultureInfo.InvariantCulture);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async each => await Api.WaitForWorkAsync(await EnterAsync(each, number))));

        Run[] others = [await EnterAsync(4, $"{number}.0"), await EnterAsync(5, $"\"{number}\"")];

        foreach (Run run in others)
        {
            // It holds the slot of its name, and waits for that of the number.
            await Eventually.GetAsync(() => Api.GateAsync(Lab.Multi, run.Key!), gate => gate.Holders is [_]);
            Explanation explanation = await Eventually.GetAsync(
                async () => (await Api.ReadAsync($"runs/{run.Id}/explain")).Read<Explanation>(HttpStatusCode.OK), now => now.Text.Contains(number, StringComparison.Ordinal));
            Assert.Equal("Queued", explanation.Status);
        }

        async Task<Run> EnterAsync(int name, string digit) => (await Api.PostAsync(
            $"workflows/{Lab.Multi}/runs",
            $"{{\"input\": {{\"group\": \"g\", \"name\": \"{Group}-{name}\", \"digit\": {digit}, \"steps\": [{{\"seconds\": {Lab.VeryLong}}}]}}}}"))
            .Read<Run>(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Durations_are_taken_as_people_write_them()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group)));

        foreach (string wait in (string[])["0:00:10", "PT1,5S", "500us", "500µs", "1 minute and 30 seconds", "90"])
        {
            Answer answer = await Api.ReadAsync($"runs/{run.Id}?wait={Uri.EscapeDataString(wait)}");
            if (wait is "90")
                answer.ExpectProblem(HttpStatusCode.BadRequest, "unit");
            else
                answer.Expect(HttpStatusCode.OK);
        }

        foreach (string by in (string[])["1 day 00:00:05", "1d, 5h, 10m", "1 hour and 30 minutes"])
            (await Api.PostAsync($"runs/{run.Id}/extend", new { by })).ExpectProblem(HttpStatusCode.Conflict, "ended");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("-")]
    [InlineData("null")]
    public async Task A_key_that_looks_like_a_word_of_the_app_is_a_key(string key)
    {
        Run run = await Api.WaitForWorkAsync(await StartAsync(Lab.Queue, new { input = new LabInput(Group, Long), key }));

        Gate gate = await Api.GateAsync(Lab.Queue, key);

        Assert.Equal((key, run.Id), (gate.Key, Assert.Single(gate.Holders).RunId));
        Assert.Equal(run.Id, Assert.Single((await Api.ListAsync($"workflow={Lab.Queue}&key={key}")).Items).Id);
    }
}
