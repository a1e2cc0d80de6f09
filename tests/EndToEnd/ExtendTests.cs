using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class ExtendTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task A_run_that_is_given_more_time_outlives_its_timeout()
    {
        Run given = await StartAsync(Lab.VeryLong, Lab.ShortTimeout);
        Answer answer = await Api.AskAsync($"runs/{given.Id}/extend", new { by = "10 minutes" });
        Run left = await StartAsync(Lab.VeryLong, Lab.ShortTimeout);

        left = await Api.WaitAsync(left);

        Assert.Equal("TimedOut", left.Status);
        Assert.Equal(given.Id, answer.Read<Run>(HttpStatusCode.Accepted).Id);
        given = await Api.GetAsync(given.Id);
        Assert.Equal("Running", given.Status);
        Assert.True(given.StartedAt <= left.StartedAt, $"{given}\nstarted after\n{left}");
    }

    [Theory]
    [InlineData("{}", "by")]
    [InlineData("", "empty")]
    [InlineData("{\"by\": \"soon\"}", "soon")]
    [InlineData("{\"by\": \"42\"}", "by")]
    [InlineData("{\"by\": -1}", "by")]
    [InlineData("{\"by\": null}", "by")]
    [InlineData("{\"by\": [\"1m\"]}", "by")]
    [InlineData("{\"by\": \"1m\", \"to\": \"2m\"}", "to")]
    public async Task An_extension_that_cannot_be_read_is_refused(string body, string mentioned)
    {
        Run run = await StartAsync(Lab.VeryLong, timeout: "10m");

        (await Api.PostAsync($"runs/{run.Id}/extend", body)).ExpectProblem(HttpStatusCode.BadRequest, mentioned);
    }

    [Fact]
    public async Task A_run_that_stops_or_has_ended_gets_no_more_time()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong) { IgnoreStop = true }));
        await Api.WaitForWorkAsync(run);
        await Api.CancelAsync(run, grace: "1m");
        await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Status == "Stopping");

        (await Api.AskAsync($"runs/{run.Id}/extend", new { by = "1m" })).ExpectProblem(HttpStatusCode.Conflict, "is stopping already");
        await Api.CancelAsync(run, grace: "0s");
        await Api.WaitAsync(run);
        (await Api.AskAsync($"runs/{run.Id}/extend", new { by = "1m" })).ExpectProblem(HttpStatusCode.Conflict, "has ended");
        (await Api.PostAsync("runs/no-such-run/extend", new { by = "1m" })).ExpectProblem(HttpStatusCode.NotFound, "no-such-run");
    }

    [Fact]
    public async Task An_extension_that_is_answered_202_is_given_and_one_that_comes_too_late_is_refused()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(ExtendAtTheLastMomentAsync));

        async Task ExtendAtTheLastMomentAsync(int number)
        {
            Run run = await StartAsync(Lab.VeryLong, "300ms");
            await Task.Delay(TimeSpan.FromMilliseconds(280 + (2 * number)), TestContext.Current.CancellationToken);
            Answer answer = await Api.AskAsync($"runs/{run.Id}/extend", new { by = "20m" });
            if (answer.Status == HttpStatusCode.Accepted)
                Assert.Null((await Api.GetAsync(run.Id)).Stop);
            else
                answer.ExpectProblem(HttpStatusCode.Conflict, "");
        }
    }

    [Fact]
    public async Task An_extension_that_is_sent_twice_with_one_key_is_given_once()
    {
        Run run = await StartAsync(Lab.VeryLong, Lab.ShortTimeout);
        string key = $"{Guid.NewGuid():N}";
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Api.AskAsync($"runs/{run.Id}/extend", new { by = "1s" }, key)));

        Assert.All(answers, answer => answer.Read<Run>(HttpStatusCode.Accepted));
        run = await Api.WaitAsync(run);
        Assert.Contains("timeout of 21s", run.Stop?.Message, StringComparison.Ordinal);
    }

    private async Task<Run> StartAsync(double seconds, string timeout)
    {
        Answer answer = await Api.PostAsync(
            $"workflows/{Lab.Plain}/runs", new { input = new { group = Group, steps = new[] { new { seconds } }, timeout } });
        return answer.Read<Run>(HttpStatusCode.Accepted);
    }
}
