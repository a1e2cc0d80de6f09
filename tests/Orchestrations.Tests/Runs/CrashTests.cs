
namespace Preempt.Tests.Runs;

/// <summary>Whole runs in a process that dies at each of their commits in turn. Random schedules are in the model check.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_supersede_survives_a_crash_at_any_commit(bool isKept)
    {
        int crashes = 0;
        for (int commit = 0; commit < 20; commit++)
        {
            using TestApp app = new();
            string older = app.Start("one-run", new Work(30));
            app.UntilRunning(older);
            string newer = app.Start("one-run", new Work(5));
            app.Host.CrashAfter(commit, isKept);
            Run first = app.End(older);
            Run second = app.End(newer);
            app.Host.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal((RunStatus.Cancelled, StopReason.Superseded, newer), (first.Status, first.Stop!.Reason, first.Stop.SupersededBy));
            Assert.Equal(RunStatus.Succeeded, second.Status);
            Assert.Equal(1, app.Log.MostAtOnce);
            Assert.Empty(app.GetGate("one-run").Holders);
            crashes += app.Host.Crashes;
        }

        Assert.True(crashes > 8, $"Only {crashes} crashes happened.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_forced_end_survives_a_crash_at_any_commit(bool isKept)
    {
        for (int commit = 0; commit < 40; commit++)
        {
            using TestApp app = new();
            string id = app.Start("one-run", new Work(100_000, IgnoreStop: true));
            app.UntilRunning(id);
            app.Cancel(id);
            app.Host.CrashAfter(commit, isKept);
            Run ended = app.End(id);
            Assert.Equal(RunStatus.Cancelled, ended.Status);
            // A step that is to begin again after the crash, and hears of the stop before it does, need not be forced.
            Assert.True(ended.Stop!.Forced || ended.Steps.Single().Status == StepStatus.Cancelled, $"{ended}");
            app.Host.CrashAfter(int.MaxValue, isKept);
            string next = app.Start("one-run", new Work(1));
            Assert.Equal(RunStatus.Succeeded, app.End(next).Status);
        }
    }
}
