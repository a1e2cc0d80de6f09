using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;

namespace Preempt.Tests.Client;

/// <summary>
/// The embedded engine's client with the manners of the one over Azure Storage: of several starts of one id each is told that it is the
/// one, an event can be lost, and a wait for the end looks every two seconds.
/// </summary>
internal sealed class LaxClient(DurableTaskClient engine, TimeProvider time) : DurableTaskClient("lax")
{
    private int _eventsToLose;

    /// <summary>The events that were sent, lost or not.</summary>
    public ConcurrentQueue<string> Events { get; } = [];

    /// <summary>Loses so many of the next events.</summary>
    public void LoseEvents(int count) => _eventsToLose = count;

    public override DurableEntityClient Entities => engine.Entities;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        try
        {
            return await engine.ScheduleNewOrchestrationInstanceAsync(orchestratorName, input, options, cancellation);
        }
        catch (InvalidOperationException) when (options?.InstanceId is not null)
        {
            return options.InstanceId;
        }
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        Events.Enqueue(instanceId);
        return Interlocked.Decrement(ref _eventsToLose) >= 0
            ? Task.CompletedTask
            : engine.RaiseEventAsync(instanceId, eventName, eventPayload, cancellation);
    }

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        while (true)
        {
            if (await engine.GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation) is { IsCompleted: true } ended)
                return ended;
            await Task.Delay(TimeSpan.FromSeconds(2), time, cancellation);
        }
    }

    public override Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        engine.GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        engine.WaitForInstanceStartAsync(instanceId, getInputsAndOutputs, cancellation);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => engine.GetAllInstancesAsync(filter);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        engine.SuspendInstanceAsync(instanceId, reason, cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        engine.ResumeInstanceAsync(instanceId, reason, cancellation);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
