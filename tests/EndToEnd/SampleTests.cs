using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class SampleTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Reports_of_a_tenant_are_built_two_at_a_time()
    {
        Run[] runs = new Run[4];
        for (int i = 0; i < runs.Length; i++)
            runs[i] = await Api.StartAsync("report-build", new { tenant = Group, month = "2026-11", pages = 3 });

        runs = await Api.WaitAllAsync(runs);

        Assert.All(runs, run => Assert.Equal(("Succeeded", $"{Group} 2026-11: 3 pages"), (run.Status, run.Output?.GetString())));
        Assert.InRange(Timeline.MostAtOnce(Timeline.Steps(runs)), 1, 2);
    }

    [Fact]
    public async Task Second_import_of_a_file_is_turned_away()
    {
        Run first = await Api.StartAsync("import-file", new { file = Group, rows = 1_000_000 });
        await Api.WaitForWorkAsync(first);
        Run second = await Api.WaitAsync(await Api.StartAsync("import-file", new { file = Group, rows = 1 }));

        Assert.Equal(("Cancelled", "GateFull"), (second.Status, second.Stop?.Reason));
        Assert.False((await Api.GetAsync(first.Id)).HasEnded);
    }

    [Fact]
    public async Task Video_that_is_cancelled_stops_its_renderer()
    {
        Run video = await Api.StartAsync("render-video", new { customer = Group, title = "holidays", seconds = 3000 });
        await Api.WaitForWorkAsync(video);

        await Api.CancelAsync(video);
        video = await Api.WaitAsync(video);

        Assert.Equal(("Cancelled", false), (video.Status, video.Stop?.Forced));
        Assert.Equal("Cancelled", video.Steps[0].Status);
    }
}
