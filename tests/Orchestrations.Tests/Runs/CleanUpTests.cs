using Microsoft.DurableTask.Client;

namespace Preempt.Tests.Runs;

/// <summary>What Preempt keeps beside runs is removed when it is no longer needed.</summary>
public sealed class CleanUpTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Fact]
    public void What_starts_deletions_operations_drains_and_hand_offs_leave_behind_is_removed()
    {
        using TestApp app = new();
        Start(app, "key", "claimed:1");
        Assert.Equal(RunStatus.Succeeded, app.End("claimed:1").Status);
        string holder = app.Start("newest-refused", new Work(1));
        app.Cancel(holder, new CancelOptions(Delete: true));
        HandOver(app);
        Do(app, runs => runs.StartBulkAsync(BulkKind.Cancel, new BulkRequest { RunIds = [holder] }));
        for (int drain = 0; drain < 2; drain++)
        {
            Do(app, runs => runs.DrainAsync());
            app.Host.Advance(TimeSpan.FromMinutes(1));
            Do(app, runs => runs.ResumeAsync());
            app.Host.Advance(TimeSpan.FromMinutes(1));
        }

        string[] kinds = [KeptIds.Claims, KeptIds.Deletions, KeptIds.HandOffs, KeptIds.Operations, KeptIds.ModeChanges];
        Assert.All(kinds, kind => Assert.NotEqual(0, Count(app, kind)));
        app.Host.Advance(Week + TimeSpan.FromHours(2));
        app.End(app.Start("ungated", new Work(1)));
        app.Host.Advance(TimeSpan.FromMinutes(1));

        // Of the changes of the mode the latest stays: it says how far it has got.
        Assert.All(kinds, kind => Assert.Equal(kind == KeptIds.ModeChanges ? 1 : 0, Count(app, kind)));
        Assert.Equal(RunStatus.Succeeded, app.Get("claimed:1").Status);
    }

    [Fact]
    public void What_may_still_be_asked_for_is_kept()
    {
        using TestApp app = new();
        Start(app, "key", "claimed:1");
        app.End("claimed:1");
        Do(app, runs => runs.DrainAsync());
        app.Host.Advance(Week - TimeSpan.FromHours(1));
        Assert.True(Do(app, runs => runs.GetStatusAsync()).IsDrained);
        Do(app, runs => runs.ResumeAsync());
        app.End(app.Start("ungated", new Work(1)));
        app.Host.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, Count(app, KeptIds.Claims));
        Assert.False(Start(app, "key", "claimed:1").IsNew);
    }

    [Fact]
    public void A_late_retry_of_a_key_does_not_do_the_work_of_a_deleted_run_again()
    {
        using TestApp app = new();
        string id = Start(app, "key", null).Run.Id;
        app.End(id);
        Delete(app, id);

        Assert.Contains(id, Assert.Throws<RunDeletedException>(() => Start(app, "key", null)).Message, StringComparison.Ordinal);
        app.Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(app.Log.Started);
    }

    [Fact]
    public void A_key_starts_work_anew_when_its_time_is_over()
    {
        using TestApp app = new(settings: new Dictionary<string, string?> { ["Preempt:IdempotencyRetention"] = "2h" });
        string id = Start(app, "key", null).Run.Id;
        app.End(id);
        Delete(app, id);
        app.Host.Advance(TimeSpan.FromHours(3));
        app.End(app.Start("ungated", new Work(1)));
        app.Host.Advance(TimeSpan.FromMinutes(1));

        Assert.True(Start(app, "key", null).IsNew);
    }

    [Fact]
    public void Runs_that_have_ended_are_removed_where_the_app_says_so()
    {
        using TestApp app = new(settings: new Dictionary<string, string?> { ["Preempt:RunRetention"] = "1 day" });
        string ended = app.Start("one-run", new Work(1));
        app.End(ended);
        Start(app, "key", "chosen:1");
        app.End("chosen:1");
        string working = app.Start("ungated", new Work(TimeSpan.FromDays(2).TotalSeconds));
        app.UntilRunning(working);
        Assert.NotEqual(0, Count(app, KeptIds.Pointers));
        app.Host.Advance(TimeSpan.FromHours(26));
        string young = app.Start("ungated", new Work(1));
        app.End(young);
        app.Host.Advance(TimeSpan.FromMinutes(1));

        Assert.Throws<UnknownRunException>(() => app.Get(ended));
        Assert.Throws<UnknownRunException>(() => app.Get("chosen:1"));
        Assert.Equal(0, Count(app, KeptIds.Pointers));
        Assert.Equal(RunStatus.Running, app.Get(working).Status);
        Assert.Equal(RunStatus.Succeeded, app.Get(young).Status);
        Assert.Throws<RunDeletedException>(() => Start(app, "key", null));
    }

    [Fact]
    public void A_run_whose_id_looks_like_something_of_Preempts_own_is_kept()
    {
        using TestApp app = new();
        string[] ids = ["operation:1", "mode:0", "hand-off:1", "delete:1", "idempotency:1"];
        foreach (string id in ids)
        {
            Start(app, id, id);
            app.End(id);
        }

        app.Host.Advance(Week + TimeSpan.FromHours(2));
        app.End(app.Start("ungated", new Work(1)));
        app.Host.Advance(TimeSpan.FromMinutes(1));

        Assert.All(ids, id => Assert.Equal(RunStatus.Succeeded, app.Get(id).Status));
    }

    [Theory]
    [InlineData("Preempt:RunRetention", "59m")]
    [InlineData("Preempt:IdempotencyRetention", "0s")]
    [InlineData("Preempt:IdempotencyRetention", "soon")]
    [InlineData("Preempt:ShieldedShutdown", "never")]
    [InlineData("Preempt:ShieldedShutdown", "1h")]
    public void A_time_that_is_too_short_or_too_long_is_refused(string setting, string value)
    {
        FormatException refusal = Assert.Throws<FormatException>(
            () => new TestApp(settings: new Dictionary<string, string?> { [setting] = value }).Dispose());
        Assert.Contains(value, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A run leaves without a word while another waits, so that the gate has that one told.</summary>
    private static void HandOver(TestApp app)
    {
        string holder = app.Start("one-in-order", new Work(3));
        app.UntilRunning(holder);
        string waiter = app.Start("one-in-order", new Work(1));
        app.End(waiter);
    }

    private static (Run Run, bool IsNew) Start(TestApp app, string key, string? id)
    {
        ScriptedWorkflow.Codes["clean-up"] = run => run.CallStepAsync<Worker, string>(new Work(1));
        return Do(app, runs => runs.StartOnceAsync("ungated", new Script("k", "clean-up"), key, new StartOptions { RunId = id }));
    }

    private static T Do<T>(TestApp app, Func<RunClient, Task<T>> call) => app.Host.Run(() => call(app.Runs));

    private static void Delete(TestApp app, string id) => Do(app, async runs =>
    {
        await runs.DeleteAsync(id);
        return true;
    });

    private static int Count(TestApp app, string prefix) => Do(app, async _ =>
    {
        int count = 0;
        await foreach (OrchestrationMetadata instance in app.Host.Client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = prefix }))
            count += instance.Name == PreemptFunctions.Run ? 0 : 1;
        return count;
    });
}
