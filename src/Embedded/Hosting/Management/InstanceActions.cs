using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>What can be asked of an instance that has not ended.</summary>
internal static class InstanceActions
{
    public static async Task<IResult> RaiseEventAsync(ManagementCall call)
    {
        JsonElement? payload = await call.ReadJsonBodyAsync();
        return await AskAsync(call, () => call.Client.RaiseEventAsync(call.InstanceId, call.Route("name")!, payload));
    }

    /// <summary>The reason becomes the output.</summary>
    public static Task<IResult> TerminateAsync(ManagementCall call) =>
        AskAsync(call, () => call.Client.TerminateInstanceAsync(call.InstanceId, new TerminateInstanceOptions(call.Text("reason"))));

    public static Task<IResult> SuspendAsync(ManagementCall call) =>
        AskAsync(call, () => call.Client.SuspendInstanceAsync(call.InstanceId, call.Text("reason")));

    public static Task<IResult> ResumeAsync(ManagementCall call) =>
        AskAsync(call, () => call.Client.ResumeInstanceAsync(call.InstanceId, call.Text("reason")));

    /// <summary>Rewinding is a preview of the real engine, and not part of this one.</summary>
    public static async Task<IResult> RewindAsync(ManagementCall call)
    {
        OrchestrationMetadata instance = await InstanceReading.FindAsync(call);
        throw instance.IsCompleted && instance.RuntimeStatus != OrchestrationRuntimeStatus.Failed
            ? Ended(instance)
            : new ManagementException(
                StatusCodes.Status501NotImplemented, "The embedded host does not support rewind; restart the instance instead.");
    }

    private static async Task<IResult> AskAsync(ManagementCall call, Func<Task> ask)
    {
        await RefuseEndedAsync(call);
        try
        {
            await ask();
        }
        catch (InvalidOperationException)
        {
            // It may have ended, or gone, just now.
            await RefuseEndedAsync(call);
            throw;
        }

        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static async Task RefuseEndedAsync(ManagementCall call)
    {
        OrchestrationMetadata instance = await InstanceReading.FindAsync(call);
        if (instance.IsCompleted) throw Ended(instance);
    }

    private static ManagementException Ended(OrchestrationMetadata instance) =>
        ManagementException.Gone($"The instance '{instance.InstanceId}' has ended: it is {instance.RuntimeStatus}.");
}
