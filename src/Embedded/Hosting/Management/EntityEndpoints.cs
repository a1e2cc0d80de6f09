using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>Reads, lists and signals entities.</summary>
internal static class EntityEndpoints
{
    public static async Task<IResult> GetAsync(ManagementCall call)
    {
        EntityInstanceId id = IdOf(call);
        EntityMetadata? entity = await call.Client.Entities.GetEntityAsync(id);
        return entity is { IncludesState: true }
            ? Results.Text(entity.State.Value, "application/json")
            : throw ManagementException.NotFound($"There is no entity '{id}'.");
    }

    public static async Task<IResult> SignalAsync(ManagementCall call)
    {
        EntityInstanceId id = IdOf(call);
        if (!call.Engine.Functions.Entities.ContainsKey(id.Name))
            throw ManagementException.NotFound($"No entity function is named '{id.Name}'.");
        JsonElement? input = call.Request.ContentLength is 0 or null && call.Request.ContentType is null
            ? null
            : await call.ReadJsonBodyAsync();
        await call.Client.Entities.SignalEntityAsync(id, call.Text("op") ?? "", input);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    public static async Task<IResult> ListAsync(ManagementCall call)
    {
        EntityQuery query = new()
        {
            InstanceIdStartsWith = call.Route("name") is { } name ? $"@{name}@" : null,
            LastModifiedFrom = call.Time("lastOperationTimeFrom"),
            LastModifiedTo = call.Time("lastOperationTimeTo"),
            IncludeState = call.Flag("fetchState", whenAbsent: false),
            PageSize = call.Top,
            ContinuationToken = call.ContinuationToken,
        };
        Page<EntityMetadata> page = await call.Client.Entities.GetAllEntitiesAsync(query).AsPages().FirstAsync(call.Aborted);
        call.SetContinuation(page.ContinuationToken);
        return Results.Json(page.Values.Select(Show));
    }

    private static JsonObject Show(EntityMetadata entity)
    {
        JsonObject shown = new()
        {
            ["entityId"] = new JsonObject { ["name"] = entity.Id.Name, ["key"] = entity.Id.Key },
            ["lastOperationTime"] = entity.LastModifiedTime.UtcDateTime,
        };
        if (entity.IncludesState) shown["state"] = Payload.ToNode(entity.State.Value);
        return shown;
    }

    private static EntityInstanceId IdOf(ManagementCall call)
    {
        try
        {
            return new EntityInstanceId(call.Route("name")!, call.Route("key")!);
        }
        catch (ArgumentException exception)
        {
            throw ManagementException.BadRequest(exception.Message);
        }
    }
}
