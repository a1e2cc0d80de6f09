using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>Removes ended instances.</summary>
internal static class InstancePurging
{
    public static async Task<IResult> PurgeOneAsync(ManagementCall call)
    {
        PurgeResult result = await PurgeAsync(call);
        return result.PurgedInstanceCount > 0
            ? Answer(result)
            : throw ManagementException.NotFound($"There is no instance '{call.InstanceId}'.");
    }

    private static async Task<PurgeResult> PurgeAsync(ManagementCall call)
    {
        try
        {
            return await call.Client.PurgeInstanceAsync(call.InstanceId);
        }
        catch (InvalidOperationException exception) when (exception is not ObjectDisposedException)
        {
            throw ManagementException.PreconditionFailed(exception.Message);
        }
    }

    /// <summary>The time from which to purge must be given, so that a request without a filter does not remove everything.</summary>
    public static async Task<IResult> PurgeManyAsync(ManagementCall call)
    {
        if (call.Time("createdTimeFrom") is not { } from)
            throw ManagementException.BadRequest("createdTimeFrom is missing: it says from which time on to purge.");
        PurgeInstancesFilter filter = new(from, call.Time("createdTimeTo"), call.Statuses());
        PurgeResult result = await call.Client.PurgeAllInstancesAsync(filter);
        return result.PurgedInstanceCount > 0
            ? Answer(result)
            : throw ManagementException.NotFound("No instance that has ended matches the filter.");
    }

    private static IResult Answer(PurgeResult result) =>
        Results.Json(new { InstancesDeleted = result.PurgedInstanceCount }, JsonSerializerOptions.Web);
}
