using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Conformance.App;

/// <summary>What an orchestrator leaves open when it ends, and how it ends.</summary>
public sealed record Leaving(string What, string How, string Key);

/// <summary>How orchestrations begin and end.</summary>
public class Lifecycle
{
    public const string Left = "left";

    [Function(nameof(Leave))]
    public async Task<string> Leave([OrchestrationTrigger] TaskOrchestrationContext context, Leaving leaving)
    {
        if (leaving.How == Left)
            return "ended";
        Task open = leaving.What switch
        {
            "activity" => context.CallActivityAsync(nameof(Holds.HoldActivity), leaving.Key),
            "sub-orchestration" => context.CallSubOrchestratorAsync(
                nameof(WaitForGo), null, new SubOrchestrationOptions(new TaskOptions(), leaving.Key)),
            "timer" => context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(5), CancellationToken.None),
            "cancelled timer" => CancelledTimer(context),
            _ => throw new ArgumentException($"Nothing is called '{leaving.What}'.", nameof(leaving)),
        };
        await context.CallActivityAsync(nameof(Activities.Echo), "begun");
        context.SetCustomStatus(Left);
        switch (leaving.How)
        {
            case "return":
                return open.IsCompleted ? "too late" : "ended";
            case "continue as new":
                context.ContinueAsNew(leaving with { How = Left });
                return "";
            default:
                throw new InvalidOperationException(leaving.How);
        }
    }

    private static Task CancelledTimer(TaskOrchestrationContext context)
    {
        using CancellationTokenSource cancel = new();
        Task timer = context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(60), cancel.Token);
        cancel.Cancel();
        return timer;
    }

    [Function(nameof(WaitForGo))]
    public async Task<string?> WaitForGo([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus("waiting");
        return await context.WaitForExternalEvent<string?>("go");
    }

    [Function(nameof(TerminateItself))]
    public Task TerminateItself([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus("working");
        return context.CallActivityAsync(nameof(Holds.TerminateAndHold), context.InstanceId);
    }

    /// <summary>Waits for a sub-orchestration that waits, and says how it failed.</summary>
    [Function(nameof(CallWaiting))]
    public async Task<string?> CallWaiting([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<string?>(
                nameof(WaitForGo), null, new SubOrchestrationOptions(new TaskOptions(), $"{context.InstanceId}:child"));
        }
        catch (TaskFailedException exception)
        {
            return $"{exception.TaskName} failed";
        }
    }

    [Function(nameof(CallHold))]
    public Task<string> CallHold([OrchestrationTrigger] TaskOrchestrationContext context, string key) =>
        context.CallActivityAsync<string>(nameof(Holds.HoldActivity), key);

    [Function(nameof(Return))]
    public string? Return([OrchestrationTrigger] TaskOrchestrationContext context, string? input) => input;

    /// <summary>Fails with the input as its message.</summary>
    [Function(nameof(Throw))]
    public string Throw([OrchestrationTrigger] TaskOrchestrationContext context, string input) => throw new InvalidOperationException(input);

    [Function(nameof(IsEventThereAtFirst))]
    public async Task<string> IsEventThereAtFirst([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Task<string> go = context.WaitForExternalEvent<string>("go");
        bool isThere = go.IsCompleted;
        return $"{isThere}: {await go}";
    }

    /// <summary>Sets a custom status of so many characters.</summary>
    [Function(nameof(SetStatus))]
    public async Task<string> SetStatus([OrchestrationTrigger] TaskOrchestrationContext context, string length)
    {
        context.SetCustomStatus(new string('x', int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)));
        return (await context.CallActivityAsync<string>(nameof(Activities.Echo), "after"))!;
    }

    /// <summary>Sets a status, and in a new execution takes turns without setting one.</summary>
    [Function(nameof(KeepStatus))]
    public async Task<string> KeepStatus([OrchestrationTrigger] TaskOrchestrationContext context, string? key)
    {
        if (key is null)
        {
            context.SetCustomStatus(new { Set = "before" });
            context.ContinueAsNew(context.InstanceId);
            return "";
        }

        await context.CallActivityAsync<string>(nameof(Holds.HoldActivity), $"{key}-1");
        return await context.CallActivityAsync<string>(nameof(Holds.HoldActivity), $"{key}-2");
    }
}
