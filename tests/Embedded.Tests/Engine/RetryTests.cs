using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Retry policies and handlers of activities and sub-orchestrations.</summary>
public abstract class RetryTests : EngineFacts
{
    private readonly DateTimeOffset _start;
    private readonly List<double> _attempts = [];

    protected RetryTests(bool replays)
        : base(replays)
    {
        _start = App.Host.Now;
        App.Scripts.Work = (input, _, _) =>
        {
            _attempts.Add((App.Host.Now - _start).TotalSeconds);
            return _attempts.Count < int.Parse(input, System.Globalization.CultureInfo.InvariantCulture)
                ? throw new TimeoutException($"attempt {_attempts.Count}")
                : Task.FromResult<object?>("done");
        };
    }

    /// <summary>Runs an activity that succeeds with that attempt.</summary>
    private OrchestrationMetadata Run(int succeedsWith, TaskOptions options) =>
        App.Run(async context => await context.CallActivityAsync<string>("Work", $"{succeedsWith}", options));

    [Fact]
    public void A_policy_retries_with_a_growing_delay()
    {
        RetryPolicy policy = new(10, TimeSpan.FromSeconds(1), backoffCoefficient: 2);

        Assert.Equal("done", Run(5, TaskOptions.FromRetryPolicy(policy)).ReadOutputAs<string>());
        Assert.Equal([0, 1, 3, 7, 15], _attempts);
    }

    [Fact]
    public void A_policys_delay_does_not_grow_beyond_its_longest()
    {
        RetryPolicy policy = new(10, TimeSpan.FromSeconds(1), backoffCoefficient: 3, maxRetryInterval: TimeSpan.FromSeconds(4));

        Run(5, TaskOptions.FromRetryPolicy(policy));

        Assert.Equal([0, 1, 4, 8, 12], _attempts);
    }

    [Fact]
    public void A_policy_gives_up_after_its_last_attempt_with_the_last_failure()
    {
        OrchestrationMetadata ended = Run(5, TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1))));

        Assert.Equal([0, 1, 2], _attempts);
        Assert.Equal("attempt 3", ended.FailureDetails!.InnerFailure!.ErrorMessage);
        Assert.Equal(_start.AddSeconds(2), App.Host.Now);
    }

    [Fact]
    public void A_policy_gives_up_when_its_time_is_over()
    {
        RetryPolicy policy = new(100, TimeSpan.FromSeconds(2), retryTimeout: TimeSpan.FromSeconds(5));

        Run(50, TaskOptions.FromRetryPolicy(policy));

        Assert.Equal([0, 2, 4, 6], _attempts);
    }

    [Fact]
    public void A_policy_retries_only_failures_that_it_handles()
    {
        RetryPolicy policy = new(10, TimeSpan.FromSeconds(1)) { HandleFailure = failure => failure.ErrorMessage != "attempt 2" };

        OrchestrationMetadata ended = Run(5, TaskOptions.FromRetryPolicy(policy));

        Assert.Equal([0, 1], _attempts);
        Assert.Equal("attempt 2", ended.FailureDetails!.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public void A_handler_decides_and_is_told_what_happened()
    {
        List<string> told = [];
        OrchestrationMetadata ended = Run(9, TaskOptions.FromRetryHandler(failure =>
        {
            if (!failure.OrchestrationContext.IsReplaying)
                told.Add($"{failure.LastAttemptNumber} {failure.LastFailure.ErrorMessage} {failure.LastFailure.IsCausedBy<TimeoutException>()}");
            return failure.LastAttemptNumber < 3;
        }));

        Assert.Equal(["1 attempt 1 True", "2 attempt 2 True", "3 attempt 3 True"], told);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
    }

    [Fact]
    public void A_handler_can_wait_on_a_durable_timer()
    {
        Run(4, TaskOptions.FromRetryHandler(async failure =>
        {
            await failure.OrchestrationContext.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            return failure.TotalRetryTime < TimeSpan.FromHours(1);
        }));

        Assert.Equal([0, 60, 120, 180], _attempts);
    }

    [Fact]
    public void A_sub_orchestration_is_retried_under_the_same_id()
    {
        List<string> ids = [];
        App.Scripts.Child = context =>
        {
            if (!context.IsReplaying)
                ids.Add(context.InstanceId);
            return ids.Count % 2 == 1 ? throw new TimeoutException("once") : Task.FromResult<object?>("done");
        };
        TaskOptions options = TaskOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromSeconds(1)));

        OrchestrationMetadata ended = App.Run(async context =>
            await context.CallSubOrchestratorAsync<string>("Child", options)
            + await context.CallSubOrchestratorAsync<string>("Child", options.WithInstanceId("given")));

        Assert.Equal("donedone", ended.ReadOutputAs<string>());
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(["given", "given"], ids[2..]);
    }

    [Fact]
    public void A_result_that_cannot_be_read_is_a_failure_and_retried()
    {
        OrchestrationMetadata ended = App.Run(async context => await context.CallActivityAsync<int>(
            "Work", "0", TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1)))));

        Assert.True(ended.FailureDetails!.IsCausedBy<System.Text.Json.JsonException>());
        Assert.Equal([0, 1, 2], _attempts);
    }
}

public sealed class ReplayedRetryTests() : RetryTests(replays: true);

public sealed class StickyRetryTests() : RetryTests(replays: false);
