using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>The durable HTTP management API, at the paths and with the answers that its documentation names.</summary>
internal static class ManagementApi
{
    public const string Prefix = "/runtime/webhooks/durabletask";

    /// <summary>Maps the API. Where keys are asked for, it needs that of an administrator.</summary>
    public static void Map(WebApplication app, AccessKeys keys)
    {
        RouteGroupBuilder group = app.MapGroup(Prefix);
        Add("POST", "orchestrators/{name}/{instanceId?}", InstanceStart.HandleAsync);

        Add("GET", "instances", InstanceReading.ListAsync);
        Add("DELETE", "instances", InstancePurging.PurgeManyAsync);
        Add("GET", "instances/{instanceId}", InstanceReading.GetAsync);
        Add("DELETE", "instances/{instanceId}", InstancePurging.PurgeOneAsync);

        Add("POST", "instances/{instanceId}/raiseEvent/{name}", InstanceActions.RaiseEventAsync);
        Add("POST", "instances/{instanceId}/terminate", InstanceActions.TerminateAsync);
        Add("POST", "instances/{instanceId}/suspend", InstanceActions.SuspendAsync);
        Add("POST", "instances/{instanceId}/resume", InstanceActions.ResumeAsync);
        Add("POST", "instances/{instanceId}/rewind", InstanceActions.RewindAsync);
        Add("POST", "instances/{instanceId}/restart", InstanceStart.RestartAsync);

        Add("GET", "entities/{name?}", EntityEndpoints.ListAsync);
        Add("GET", "entities/{name}/{key}", EntityEndpoints.GetAsync);
        Add("POST", "entities/{name}/{key}", EntityEndpoints.SignalAsync);

        void Add(string method, string route, Func<ManagementCall, Task<IResult>> handle)
        {
            RequestDelegate serve = http => keys.ServeAsync(http, AuthorizationLevel.System, () => ServeAsync(http, handle));
            group.MapMethods(route, [method], serve);
        }
    }

    private static async Task ServeAsync(HttpContext http, Func<ManagementCall, Task<IResult>> handle)
    {
        IResult result;
        try
        {
            result = await handle(new ManagementCall(http, http.RequestServices.GetRequiredService<DurableEngine>()));
        }
        catch (ManagementException refusal)
        {
            result = Results.Problem(refusal.Message, statusCode: refusal.Status);
        }

        await result.ExecuteAsync(http);
    }
}
