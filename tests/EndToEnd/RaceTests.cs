using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class RaceTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Of_cancels_at_once_one_reason_stands()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong) { IgnoreStop = true }));
        await Api.WaitForWorkAsync(run);

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Api.SendCancelAsync(run.Id, $"reason {number}", "2s")));

        Answer[] accepted = ExpectAccepted(answers);
        Run stopped = await Api.WaitAsync(run);
        Assert.StartsWith("reason ", stopped.Stop?.Message, StringComparison.Ordinal);
        // A slow engine answers before the run has heard.
        Assert.All(
            accepted.Select(answer => answer.Read<Run>(HttpStatusCode.Accepted).Stop).OfType<RunStop>(),
            stop => Assert.Equal(stopped.Stop?.Message, stop.Message));
    }

    [Fact]
    public async Task A_cancel_that_races_a_runs_end_says_what_came_of_it()
    {
        for (int round = 0; round < 40; round++)
        {
            Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0.01)));

            Answer answer = await Api.SendCancelAsync(run.Id, $"round {round}");

            run = await Api.WaitAsync(run);
            Assert.True(answer.Status is HttpStatusCode.Accepted or HttpStatusCode.Conflict, $"{answer}");
            // What was accepted is on record; what was refused has left no trace.
            Assert.Equal(answer.Status == HttpStatusCode.Accepted, run.Stop is not null);
        }
    }

    [Fact]
    public async Task A_read_with_the_tag_of_what_has_not_changed_is_not_answered_again()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0))));
        Answer first = await Api.ReadAsync($"runs/{run.Id}");
        string tag = first.Headers["ETag"];

        Answer same = await Api.ReadAsync($"runs/{run.Id}", ("If-None-Match", tag));
        Answer oneOfMany = await Api.ReadAsync($"runs/{run.Id}", ("If-None-Match", $"\"other\", W/{tag}"));
        Answer other = await Api.ReadAsync($"runs/{run.Id}", ("If-None-Match", "\"other\""));
        Answer malformed = await Api.ReadAsync($"runs/{run.Id}", ("If-None-Match", "no tag"));

        same.Expect(HttpStatusCode.NotModified);
        Assert.Equal(("", tag), (same.Text, same.Headers["ETag"]));
        oneOfMany.Expect(HttpStatusCode.NotModified);
        other.Expect(HttpStatusCode.OK);
        malformed.Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_tag_changes_with_the_run()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)));
        await Api.WaitForWorkAsync(run);
        string running = (await Api.ReadAsync($"runs/{run.Id}")).Headers["ETag"];
        await Api.CancelAsync(run);
        await Api.WaitAsync(run);

        Answer ended = await Api.ReadAsync($"runs/{run.Id}", ("If-None-Match", running));

        Assert.Equal("Cancelled", ended.Read<Run>(HttpStatusCode.OK).Status);
    }
}
