using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Tests.Runs;

/// <summary>Nobody who chooses an id gets in the way of what Preempt keeps beside runs.</summary>
public sealed class KeptIdsTests : IDisposable
{
    private static readonly string[] Reserved =
    [
        KeptIds.CleanUp, $"{KeptIds.Operations}1", $"{KeptIds.ModeChanges}1", $"{KeptIds.Deletions}1", $"{KeptIds.HandOffs}1", $"{KeptIds.Claims}ungated:1",
        $"{KeptIds.Pointers}ungated:-:1", "~", "-x", ".x", ":x",
    ];

    private readonly TestApp _app = new();

    public static TheoryData<string> ReservedIds { get; } = [.. Reserved];

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(ReservedIds))]
    public void No_start_takes_a_reserved_id(string id)
    {
        Refused(runs => runs.StartAsync("ungated", new Script("k", "kept"), new StartOptions { RunId = id }));
        Refused(runs => runs.StartOnceAsync("ungated", new Script("k", "kept"), "key", new StartOptions { RunId = id }));
        Refused(runs => runs.StartBulkAsync(BulkKind.Cancel, new BulkRequest { RunIds = [id] }));

        Assert.Empty(_app.Log.Started);
        // A claim of the key that leads nowhere would be left.
        Assert.Equal(0, Count(KeptIds.Claims));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_run_gives_another_a_reserved_id(bool isDetached)
    {
        StartOptions options = new() { RunId = $"{KeptIds.ModeChanges}1" };
        ScriptedWorkflow.Codes["kept"] = run => run.CallStepAsync<Worker, string>(new Work(1));
        string parent = _app.Start("ungated", run => isDetached
            ? run.StartWorkflowAsync<Ungated>(new Script("k", "kept"), options)
            : run.CallWorkflowAsync<Ungated, string>(new Script("k", "kept"), options));

        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Failed, typeof(InvalidRunException).FullName), (ended.Status, ended.Error!.Type));
        Assert.Empty(_app.Log.Started);
    }

    [Fact]
    public void A_drain_is_whole_whatever_ids_runs_have()
    {
        ScriptedWorkflow.Codes["kept"] = run => run.CallStepAsync<Worker, string>(new Work(100_000));
        string[] ids = ["mode:1", "operation:1", "delete:1", "idempotency:ungated:1", "cleanup:app", "hand-off:1"];
        foreach (string id in ids)
        {
            Do(runs => runs.StartAsync("ungated", new Script("k", "kept"), new StartOptions { RunId = id }));
            _app.UntilRunning(id);
        }

        Do(runs => runs.DrainAsync(immediate: true));
        _app.Host.Advance(TimeSpan.FromMinutes(2));

        Assert.True(Do(runs => runs.GetStatusAsync()).IsDrained);
        Assert.All(ids, id => Assert.Equal((RunStatus.Cancelled, StopReason.Shutdown), (_app.Get(id).Status, _app.Get(id).Stop!.Reason)));
    }

    /// <summary>What Preempt keeps is no run, and nothing that works on runs works on it.</summary>
    [Fact]
    public void What_is_kept_is_not_found_as_a_run()
    {
        Do(runs => runs.DrainAsync());
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        string id = $"{KeptIds.ModeChanges}1";

        Assert.Equal(1, Count(KeptIds.ModeChanges));
        Assert.Throws<UnknownRunException>(() => _app.Get(id));
        Assert.Throws<UnknownRunException>(() => Do(runs => runs.CancelAsync(id)));
        Assert.Throws<UnknownRunException>(() => Do(async runs =>
        {
            await runs.DeleteAsync(id);
            return true;
        }));
        Assert.Throws<UnknownOperationException>(() => Do(runs => runs.GetOperationAsync(id)));
    }

    private void Refused<T>(Func<RunClient, Task<T>> call) =>
        Assert.Contains("ids that begin with a sign are Preempt's own", Assert.Throws<InvalidRunException>(() => Do(call)).Message, StringComparison.Ordinal);

    private T Do<T>(Func<RunClient, Task<T>> call) => _app.Host.Run(() => call(_app.Runs));

    private int Count(string prefix) => Do(async runs =>
    {
        int count = 0;
        await foreach (Page<OrchestrationMetadata> page in _app.Host.Client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = prefix }).AsPages())
            count += page.Values.Count;
        return count;
    });
}
