using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Conformance.App;

/// <summary>How failures look to those who see them.</summary>
public class Failing
{
    [Function(nameof(CatchActivity))]
    public async Task<string> CatchActivity([OrchestrationTrigger] TaskOrchestrationContext context, string activity)
    {
        try
        {
            await context.CallActivityAsync<string>(activity, "no");
            return "It did not fail.";
        }
        catch (TaskFailedException exception)
        {
            return $"{exception.TaskName}: {Failures.Describe(exception.FailureDetails)}";
        }
    }

    [Function(nameof(CatchChild))]
    public async Task<string> CatchChild([OrchestrationTrigger] TaskOrchestrationContext context, string child)
    {
        try
        {
            await context.CallSubOrchestratorAsync<string>(child, "no");
            return "It did not fail.";
        }
        catch (TaskFailedException exception)
        {
            return $"{exception.TaskName}: {Failures.Describe(exception.FailureDetails)}";
        }
    }

    [Function(nameof(FailByActivity))]
    public async Task<string> FailByActivity([OrchestrationTrigger] TaskOrchestrationContext context, string? message) =>
        await context.CallActivityAsync<string>(nameof(Activities.Fail), message ?? "no");

    [Function(nameof(FailByChild))]
    public async Task<string> FailByChild([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.CallSubOrchestratorAsync<string>(nameof(Lifecycle.Throw), "no");

    [Function(nameof(FailWithInner))]
    public string FailWithInner([OrchestrationTrigger] TaskOrchestrationContext context) =>
        throw new InvalidOperationException("outer", new FormatException("inner"));

    /// <summary>A child that fails until it has been tried three times; its tries see the same id.</summary>
    [Function(nameof(RetryChild))]
    public async Task<string> RetryChild([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        TaskOptions retries = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(100)));
        return await context.CallSubOrchestratorAsync<string>(nameof(FailTwice), context.InstanceId, retries);
    }

    [Function(nameof(FailTwice))]
    public async Task<string> FailTwice([OrchestrationTrigger] TaskOrchestrationContext context, string key)
    {
        List<string> tries = await context.Entities.CallEntityAsync<List<string>>(
            new(nameof(Journal), key), nameof(Journal.Read));
        await context.Entities.CallEntityAsync<int>(new(nameof(Journal), key), nameof(Journal.Add), context.InstanceId);
        return tries.Count < 2
            ? throw new InvalidOperationException($"try {tries.Count}")
            : $"{tries.Distinct().Count()} id, the same: {tries[0] == context.InstanceId}";
    }

    /// <summary>An activity that fails each time, with a handler that counts.</summary>
    [Function(nameof(RetryActivity))]
    public async Task<string> RetryActivity([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int seen = 0;
        TaskOptions retries = TaskOptions.FromRetryHandler(retry =>
        {
            seen = retry.LastAttemptNumber;
            return retry.LastAttemptNumber < 3 && retry.LastFailure.IsCausedBy<InvalidOperationException>();
        });
        try
        {
            return await context.CallActivityAsync<string>(nameof(Activities.Fail), "no", retries);
        }
        catch (TaskFailedException exception)
        {
            return $"{seen}: {exception.FailureDetails.ErrorMessage}";
        }
    }

    /// <summary>Calls a sub-orchestration under an id that runs.</summary>
    [Function(nameof(ReuseRunningChild))]
    public async Task<string> ReuseRunningChild([OrchestrationTrigger] TaskOrchestrationContext context, string running)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<string>(
                nameof(Lifecycle.Return), "second", new SubOrchestrationOptions(new TaskOptions(), running));
        }
        catch (TaskFailedException exception)
        {
            return exception.FailureDetails.ErrorType;
        }
    }
}
