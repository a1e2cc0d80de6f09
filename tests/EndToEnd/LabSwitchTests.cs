using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class LabSwitchTests
{
    [Fact]
    public async Task Lab_workflows_can_be_switched_off()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "The settings of an app at PREEMPT_BASE_URL are its own.");
        (AppProcess app, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string> { ["Preempt__Lab"] = "false" });
        using AppProcess ends = app;
        using HttpClient http = AppUnderTest.Connect(address);
        PreemptApi api = new(http);

        Answer list = await api.SendAsync(HttpMethod.Get, "workflows");
        Answer start = await api.PostAsync($"workflows/{Lab.Plain}/runs", new { input = new LabInput("group", new LabStep(0)) });

        string[] samples = ["chat-reply", "import-file", "nightly-batch", "render-video", "report-build"];
        Assert.Equal(samples, list.Read<Page<Named>>(HttpStatusCode.OK).Items.Select(workflow => workflow.Name));
        start.ExpectProblem(HttpStatusCode.NotFound, Lab.Plain);
    }

    private sealed record Named(string Name);
}
