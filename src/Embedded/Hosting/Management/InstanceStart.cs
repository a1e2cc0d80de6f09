using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>Starts instances, and starts them again.</summary>
internal static class InstanceStart
{
    public static async Task<IResult> HandleAsync(ManagementCall call)
    {
        string name = call.Route("name")!;
        if (!call.Engine.Functions.Orchestrators.ContainsKey(name))
            throw ManagementException.BadRequest($"No orchestrator function is named '{name}'.");

        JsonElement? input = await call.ReadBodyAsync();
        StartOrchestrationOptions options = new(call.Route("instanceId"));
        return await StartAsync(call, () => call.Client.ScheduleNewOrchestrationInstanceAsync(name, input, options));
    }

    public static Task<IResult> RestartAsync(ManagementCall call)
    {
        bool withNewId = call.Flag("restartWithNewInstanceId", whenAbsent: true);
        return StartAsync(call, () => call.Client.RestartAsync(call.InstanceId, withNewId));
    }

    private static async Task<IResult> StartAsync(ManagementCall call, Func<Task<string>> start)
    {
        InstanceLinks links;
        try
        {
            links = InstanceLinks.Of(await start(), call.Request);
        }
        catch (ArgumentException exception)
        {
            throw ManagementException.BadRequest(exception.Message);
        }
        catch (InvalidOperationException exception) when (exception is not ObjectDisposedException)
        {
            throw ManagementException.Conflict(exception.Message);
        }

        links.Announce(call.Response);
        return Results.Json(links, statusCode: StatusCodes.Status202Accepted);
    }
}
