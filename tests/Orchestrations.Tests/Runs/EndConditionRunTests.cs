namespace Preempt.Tests.Runs;

/// <summary>Whole runs that end at a time of the day.</summary>
public sealed class EndConditionRunTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_run_ends_when_its_end_condition_is_met()
    {
        string id = _app.Start("nightly", new Work(100_000));
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Cancelled, StopReason.EndCondition), (ended.Status, ended.Stop!.Reason));
        Assert.Equal(TimeSpan.FromHours(8), ended.EndedAt!.Value.TimeOfDay);
        Assert.Equal(StepStatus.Cancelled, ended.Steps[0].Status);
    }

    [Fact]
    public void A_run_that_is_done_before_leaves_no_timer_behind()
    {
        Run ended = _app.End(_app.Start("nightly", new Work(10)));
        Assert.Equal((RunStatus.Succeeded, 10d), (ended.Status, (ended.EndedAt - ended.StartedAt)!.Value.TotalSeconds));
    }

    [Fact]
    public void A_run_that_is_due_to_start_while_the_condition_is_met_is_not_started()
    {
        _app.Host.Advance(TimeSpan.FromHours(9));
        Run refused = _app.End(_app.Start("nightly", new Work(1)));
        Assert.Equal((RunStatus.Cancelled, StopReason.EndCondition), (refused.Status, refused.Stop!.Reason));
        Assert.Null(refused.StartedAt);
        _app.Host.Advance(TimeSpan.FromHours(9));
        Assert.Equal(RunStatus.Succeeded, _app.End(_app.Start("nightly", new Work(1))).Status);
    }

    [Fact]
    public void A_run_over_the_weekend_goes_on_until_Monday()
    {
        // Saturday at noon.
        _app.Host.Advance(TimeSpan.FromDays(4.5));
        Run ended = _app.End(_app.Start("nightly", new Work(1_000_000)));
        Assert.Equal((DayOfWeek.Monday, TimeSpan.FromHours(8)), (ended.EndedAt!.Value.DayOfWeek, ended.EndedAt.Value.TimeOfDay));
    }
}
