using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>The status of one instance, and of many.</summary>
internal static class InstanceReading
{
    public static async Task<IResult> GetAsync(ManagementCall call)
    {
        OrchestrationMetadata instance = await FindAsync(call);
        InstanceStatus status = InstanceStatus.Of(instance, call.Flag("showInput", whenAbsent: true));
        if (call.Flag("showHistory", whenAbsent: false))
        {
            InstanceHistory history = new(instance, call.Flag("showHistoryOutput", whenAbsent: false));
            status = status with { HistoryEvents = history.Show(call.Engine.Store.ReadHistory(instance.InstanceId)) };
        }

        if (!instance.IsCompleted) InstanceLinks.Of(instance.InstanceId, call.Request).Announce(call.Response);
        return Results.Json(status, JsonSerializerOptions.Web, statusCode: StatusCode(call, instance));
    }

    public static async Task<IResult> ListAsync(ManagementCall call)
    {
        OrchestrationQuery query = new(
            CreatedFrom: call.Time("createdTimeFrom"),
            CreatedTo: call.Time("createdTimeTo"),
            Statuses: call.Statuses(),
            InstanceIdPrefix: call.Text("instanceIdPrefix"),
            PageSize: call.Top,
            FetchInputsAndOutputs: true,
            ContinuationToken: call.ContinuationToken);
        bool showInput = call.Flag("showInput", whenAbsent: true);
        Page<OrchestrationMetadata> page = await call.Client.GetAllInstancesAsync(query).AsPages().FirstAsync(call.Aborted);
        call.SetContinuation(page.ContinuationToken);
        return Results.Json(page.Values.Select(instance => InstanceStatus.Of(instance, showInput)), JsonSerializerOptions.Web);
    }

    /// <summary>The instance that the path names.</summary>
    /// <exception cref="ManagementException">There is none.</exception>
    public static async Task<OrchestrationMetadata> FindAsync(ManagementCall call) =>
        await call.Client.GetInstanceAsync(call.InstanceId, getInputsAndOutputs: true)
        ?? throw ManagementException.NotFound($"There is no instance '{call.InstanceId}'.");

    private static int StatusCode(ManagementCall call, OrchestrationMetadata instance) => instance switch
    {
        { IsCompleted: false } => StatusCodes.Status202Accepted,
        { RuntimeStatus: OrchestrationRuntimeStatus.Failed } when call.Flag("returnInternalServerErrorOnFailure", whenAbsent: false) =>
            StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status200OK,
    };
}
