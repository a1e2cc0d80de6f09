using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>An app of its own: draining concerns all runs of an app.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task Drained_app_finishes_what_runs_and_starts_what_waits_when_it_resumes()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL has other users.");
        (AppProcess app, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>());
        using AppProcess running = app;
        using HttpClient http = AppUnderTest.Connect(address);
        PreemptApi api = new(http);
        Run finishing = await api.StartAsync(Lab.Plain, new LabInput("group", new LabStep(6)));
        await api.WaitForWorkAsync(finishing);

        (await api.PostAsync("system/drain", "")).Expect(HttpStatusCode.Accepted);
        await Eventually.GetAsync(() => StatusAsync(api), status => status.Mode == "Draining");
        Run waiting = await api.StartAsync(Lab.Plain, new LabInput("group", new LabStep(0.1)));

        Assert.Equal("Succeeded", (await api.WaitAsync(finishing)).Status);
        Status drained = await Eventually.GetAsync(() => StatusAsync(api), status => status.IsDrained == true);
        Assert.Equal(0, drained.Running);
        Assert.Equal("Queued", (await api.GetAsync(waiting.Id)).Status);
        (await api.PostAsync("system/resume", "")).Expect(HttpStatusCode.Accepted);
        Assert.Equal("Succeeded", (await api.WaitAsync(waiting)).Status);
        Assert.Equal("Running", (await StatusAsync(api)).Mode);
    }

    [Fact]
    public async Task Drain_can_refuse_starts_and_stop_what_runs()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL has other users.");
        (AppProcess app, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>());
        using AppProcess running = app;
        using HttpClient http = AppUnderTest.Connect(address);
        PreemptApi api = new(http);
        Run stopped = await api.StartAsync(Lab.Plain, new LabInput("group", new LabStep(Lab.VeryLong)));
        await api.WaitForWorkAsync(stopped);

        (await api.PostAsync("system/drain?mode=tomorrow", "")).ExpectProblem(HttpStatusCode.BadRequest, "immediate");
        (await api.PostAsync("system/drain?refuse=true&mode=immediate", "")).Expect(HttpStatusCode.Accepted);

        stopped = await api.WaitAsync(stopped);
        Assert.Equal(("Cancelled", "Shutdown", "Cancelled"), (stopped.Status, stopped.Stop?.Reason, stopped.Steps[0].Status));
        (await api.PostAsync($"workflows/{Lab.Plain}/runs", new { input = new LabInput("group", new LabStep(0)) }))
            .ExpectProblem(HttpStatusCode.ServiceUnavailable, "drains");
    }

    private static async Task<Status> StatusAsync(PreemptApi api) =>
        (await api.SendAsync(HttpMethod.Get, "system/status")).Read<Status>(HttpStatusCode.OK);

    private sealed record Status(string Mode, bool Refuse, bool? IsDrained, int? Running, int? Waiting);
}
