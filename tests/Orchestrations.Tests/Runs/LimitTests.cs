using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Tests.Runs;

/// <summary>Limits that are changed at run time: whole runs on the embedded runtime with a skipped clock.</summary>
public sealed class LimitTests : IDisposable
{
    private const string Rule = "queued:0";

    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_change_that_was_lost_and_made_again_as_another_has_no_effect()
    {
        string[] ids = [.. Enumerable.Range(0, 3).Select(_ => _app.Start("queued", new Work(1000)))];
        _app.UntilRunning(ids[0]);
        // A batch of the book's operations began this and was lost; done again, another change has its number.
        Limit pause = new(new LimitRequest { Rule = Rule, Key = "k", Pause = true, Until = _app.Host.Now.AddSeconds(30) }, _app.Host.Now, number: 1);
        LimitWork lost = new(new LimitChange(pause, IsReset: false, _app.Host.Now, 1, By: null, Reason: null), IsPublished: false);
        string echo = LimitWork.InstanceOf(Rule, 1, "lost");
        _app.Host.Run(() => _app.Host.Client.ScheduleNewOrchestrationInstanceAsync(PreemptFunctions.ApplyLimits, lost, new StartOrchestrationOptions(echo)));
        _app.Host.Advance(TimeSpan.FromSeconds(1));

        Limit set = _app.Host.Run(() => _app.Runs.SetLimitAsync(new LimitRequest { Rule = Rule, Key = "k", MaxRuns = 3 }));
        _app.Host.Advance(TimeSpan.FromMinutes(5));

        Assert.All(ids, id => Assert.Equal(RunStatus.Running, _app.Get(id).Status));
        Assert.Equal([set], _app.Host.Run(() => _app.Runs.ListLimitsAsync(Rule))[0].Limits);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, _app.Host.Run(() => _app.Host.Client.GetInstanceAsync(echo))!.RuntimeStatus);
    }
}
