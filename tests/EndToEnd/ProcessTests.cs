using System.Globalization;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.Tests.Shared;

namespace Preempt.EndToEnd;

/// <summary>Steps that work in a child process, seen from outside: is the process there?</summary>
public sealed class ProcessTests : EndToEndTests
{
    private readonly Sleepers _sleepers = new();

    public ProcessTests(AppUnderTest app)
        : base(app) =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && app.Http.BaseAddress!.IsLoopback, "Looks for processes of this machine in /proc.");

    private LabInput Input => new(Group) { Process = double.Parse(_sleepers.Seconds, CultureInfo.InvariantCulture) };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _sleepers.Dispose();
    }

    [Fact]
    public async Task Cancel_kills_the_process_of_the_step()
    {
        Run run = await Api.StartAsync(Lab.Plain, Input);
        await _sleepers.WaitForAsync(1);

        await Api.CancelAsync(run);

        run = await Api.WaitAsync(run);
        Assert.Equal(("Cancelled", false), (run.Status, run.Stop!.Forced));
        Assert.Equal("Requested", Assert.Single(run.Steps).StopReason);
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task Process_that_ends_by_itself_is_a_step_that_succeeds()
    {
        Run run = await Api.WaitAsync(await Api.StartAsync(Lab.Plain, new LabInput(Group) { Process = 0.1 }));

        Assert.Equal("Succeeded", run.Status);
        Assert.Equal(0, Assert.Single(run.Output!.Value.EnumerateArray()).GetInt32());
    }

    [Fact]
    public async Task Nothing_is_left_of_the_process_when_the_app_is_killed()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "An app at PREEMPT_BASE_URL is not the suite's to kill.");
        (AppProcess app, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string> { ["Preempt__Store"] = "memory" });
        using AppProcess ends = app;
        using HttpClient http = AppUnderTest.Connect(address);
        await new PreemptApi(http).StartAsync(Lab.Plain, Input);
        await _sleepers.WaitForAsync(1);

        app.KillAlone();

        await _sleepers.WaitForAsync(0);
    }
}
