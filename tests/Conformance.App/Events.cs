using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Conformance.App;

/// <summary>How many items there are, how many an execution takes, and what has been taken.</summary>
public sealed record Collecting(int Count, int CountEach, bool PreservesEvents, IReadOnlyList<string> Taken);

/// <summary>An event to send.</summary>
public sealed record Sending(string Target, string Name, string Payload);

/// <summary>Who gets which event. An orchestrator has the custom status <c>ready</c> when it waits.</summary>
public class Events
{
    public const string Ready = "ready";

    /// <summary>Waits for <c>begin</c>, and then takes items, in one execution or in several.</summary>
    [Function(nameof(Collect))]
    public async Task<IReadOnlyList<string>> Collect([OrchestrationTrigger] TaskOrchestrationContext context, Collecting collecting)
    {
        if (collecting.Taken.Count == 0)
        {
            context.SetCustomStatus(Ready);
            await context.WaitForExternalEvent<string>("begin");
        }

        List<string> taken = [.. collecting.Taken];
        for (int i = 0; i < collecting.CountEach; i++)
            taken.Add(await context.WaitForExternalEvent<string>("item"));
        if (taken.Count >= collecting.Count)
            return taken;
        context.ContinueAsNew(collecting with { Taken = taken }, collecting.PreservesEvents);
        return [];
    }

    [Function(nameof(WaitTwice))]
    public async Task<string> WaitTwice([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Task<string> older = context.WaitForExternalEvent<string>("go");
        Task<string> newer = context.WaitForExternalEvent<string>("go");
        context.SetCustomStatus(Ready);
        return $"older: {await older}, newer: {await newer}";
    }

    [Function(nameof(WaitAndCancel))]
    public async Task<string> WaitAndCancel([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using CancellationTokenSource cancel = new();
        Task<string> patient = context.WaitForExternalEvent<string>("go");
        Task<string> cancelled = context.WaitForExternalEvent<string>("go", cancel.Token);
        cancel.Cancel();
        context.SetCustomStatus(Ready);
        return $"{cancelled.IsCanceled}: {await patient}";
    }

    [Function(nameof(WaitWithFiredToken))]
    public async Task<string> WaitWithFiredToken([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Task<string> cancelled = context.WaitForExternalEvent<string>("go", new CancellationToken(canceled: true));
        context.SetCustomStatus(Ready);
        return $"{cancelled.IsCanceled}: {await context.WaitForExternalEvent<string>("go")}";
    }

    [Function(nameof(WaitWithTimeout))]
    public async Task<string> WaitWithTimeout([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return await context.WaitForExternalEvent<string>("go", TimeSpan.FromSeconds(2));
        }
        catch (OperationCanceledException exception)
        {
            context.SetCustomStatus(Ready);
            return $"{exception.GetType().Name}, then {await context.WaitForExternalEvent<string>("go")}";
        }
    }

    [Function(nameof(WaitForNumber))]
    public async Task<int> WaitForNumber([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(Ready);
        return await context.WaitForExternalEvent<int>("Go");
    }

    [Function(nameof(WaitForText))]
    public async Task<string> WaitForText([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(Ready);
        return await context.WaitForExternalEvent<string?>("go") ?? "nothing";
    }

    [Function(nameof(WaitForTwoTypes))]
    public string WaitForTwoTypes([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        _ = context.WaitForExternalEvent<string>("go");
        try
        {
            _ = context.WaitForExternalEvent<int>("go");
            return "taken";
        }
        catch (ArgumentException exception)
        {
            return exception.GetType().Name;
        }
    }

    [Function(nameof(Send))]
    public string Send([OrchestrationTrigger] TaskOrchestrationContext context, Sending sending)
    {
        context.SendEvent(sending.Target, sending.Name, sending.Payload);
        return "sent";
    }

    [Function(nameof(SendToItself))]
    public async Task<string> SendToItself([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Task<string> wait = context.WaitForExternalEvent<string>("go");
        context.SendEvent(context.InstanceId, "go", "own");
        return await wait;
    }
}
