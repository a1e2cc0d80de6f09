using Microsoft.DurableTask.Client;

namespace Preempt.Tests.Runs;

/// <summary>An orchestrator that was written without Preempt, under a supervisor; started as it always was.</summary>
public sealed class SupervisedOrchestrationTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void What_it_is_given_and_returns_stays_what_it_was()
    {
        string id = Start(new LegacyOrder("ada", 5));
        OrchestrationMetadata instance = End(id);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.RuntimeStatus);
        Assert.Equal(new LegacyReceipt("charged ada"), instance.ReadOutputAs<LegacyReceipt>());
        Assert.Equal(new LegacyOrder("ada", 5), instance.ReadInputAs<LegacyOrder>());
    }

    [Fact]
    public void It_is_a_run_like_any_other_to_whoever_looks()
    {
        string id = Start(new LegacyOrder("ada", 5));
        _app.Until(id, run => run is { Status: RunStatus.Running });
        Run running = _app.Get(id);
        Assert.Equal(("legacy", "1", "ada"), (running.Workflow, running.Version, running.Key));
        Assert.Equal("ada", running.Input!.Value.GetProperty("CustomerId").GetString());
        End(id);
        Run ended = _app.Get(id);
        Assert.Equal((RunStatus.Succeeded, "charged ada"), (ended.Status, ended.Output!.Value.GetProperty("Text").GetString()));
        Assert.Equal([1], ended.FencingTokens);
    }

    [Fact]
    public void A_newer_one_supersedes_it()
    {
        string older = Start(new LegacyOrder("ada", 500));
        _app.Until(older, run => run is { Status: RunStatus.Running });
        string newer = Start(new LegacyOrder("ada", 5));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, End(newer).RuntimeStatus);
        OrchestrationMetadata stopped = End(older);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, stopped.RuntimeStatus);
        Assert.Equal(typeof(RunStoppedException).FullName, stopped.FailureDetails!.ErrorType);
        Run run = _app.Get(older);
        Assert.Equal((RunStatus.Cancelled, StopReason.Superseded, newer), (run.Status, run.Stop!.Reason, run.Stop.SupersededBy));
        Assert.Null(run.Error);
    }

    [Fact]
    public void It_can_be_cancelled_and_meets_its_timeout()
    {
        string cancelled = Start(new LegacyOrder("ada", 500));
        _app.Until(cancelled, run => run is { Status: RunStatus.Running });
        _app.Cancel(cancelled);
        Assert.Equal(RunStatus.Cancelled, _app.End(cancelled).Status);
        string late = Start(new LegacyOrder("ada", 5000));
        End(late);
        Assert.Equal((RunStatus.TimedOut, StopReason.Timeout), (_app.Get(late).Status, _app.Get(late).Stop!.Reason));
    }

    [Fact]
    public void What_it_throws_stays_its_failure()
    {
        string id = Start(new LegacyOrder("ada", 5, Fails: true));
        OrchestrationMetadata failed = End(id);
        Assert.Equal((typeof(FormatException).FullName, "The order cannot be read."), (failed.FailureDetails!.ErrorType, failed.FailureDetails.ErrorMessage));
        Assert.Equal(RunStatus.Failed, _app.Get(id).Status);
    }

    [Fact]
    public void Its_slot_is_free_when_it_has_ended()
    {
        End(Start(new LegacyOrder("ada", 1)));
        End(Start(new LegacyOrder("ada", 1, Fails: true)));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, End(Start(new LegacyOrder("ada", 1))).RuntimeStatus);
    }

    [Fact]
    public void An_input_without_its_key_fails_and_says_what_is_missing()
    {
        string id = _app.Host.Run(() => _app.Host.Client.ScheduleNewOrchestrationInstanceAsync("Legacy", new { Seconds = 1 }));
        OrchestrationMetadata failed = End(id);
        Assert.Contains("customerId", failed.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    private string Start(LegacyOrder order) =>
        _app.Host.Run(() => _app.Host.Client.ScheduleNewOrchestrationInstanceAsync("Legacy", order));

    private OrchestrationMetadata End(string id)
    {
        _app.Host.RunUntil(() => _app.Host.Client.GetInstanceAsync(id).GetAwaiter().GetResult()!.IsCompleted);
        return _app.Host.Run(() => _app.Host.Client.GetInstanceAsync(id, getInputsAndOutputs: true))!;
    }
}
