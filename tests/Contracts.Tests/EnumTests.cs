using System.Text.Json;

namespace Preempt.Contracts.Tests;

public class EnumTests
{
    /// <summary>Records in histories leave out what is the default, and are read by name.</summary>
    [Fact]
    public void Unknown_is_never_the_default()
    {
        Assert.Equal(RunStatus.Queued, default);
        Assert.Equal(StopReason.Requested, default);
        Assert.Equal(StepStatus.Running, default);
        Assert.Equal(ConcurrencyStrategy.CancelInProgress, default);
        Assert.Equal(Handover.AfterStop, default);
        Assert.Equal(AppMode.Running, default);
        Assert.Equal(BulkKind.Cancel, default);
        Assert.Equal(OperationStatus.Running, default);
    }

    [Fact]
    public void A_run_can_have_every_status_but_Unknown()
    {
        Assert.Equal(Enum.GetValues<RunStatus>().Except([RunStatus.Unknown]).Order(), RunStatusExtensions.All);
        Assert.Equal(
            [RunStatus.Succeeded, RunStatus.Failed, RunStatus.TimedOut, RunStatus.Cancelled, RunStatus.Rejected],
            RunStatusExtensions.All.Where(status => status.IsTerminal()));
        Assert.False(RunStatus.Unknown.IsTerminal());
    }

    [Fact]
    public void Enums_are_written_by_name()
    {
        Assert.Equal("\"TimedOut\"", JsonSerializer.Serialize(RunStatus.TimedOut));
        Assert.Equal("\"bulk-replay\"", JsonSerializer.Serialize(BulkKind.Replay));
        Assert.Equal("\"stopped\"", JsonSerializer.Serialize(LifecycleEventType.Stopped));
    }
}
