using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Preempt.Conformance.App;

/// <summary>What is asked of the durable client. A member that the operation does not need is null.</summary>
public sealed record ClientCall
{
    public string? Name { get; init; }

    public string? Id { get; init; }

    public string? Input { get; init; }

    public Dictionary<string, string>? Tags { get; init; }

    /// <summary>Names of statuses, separated by commas.</summary>
    public string? Dedupe { get; init; }

    public double? DelaySeconds { get; init; }

    public bool Flag { get; init; }
}

/// <summary>What the durable client answered: a value, or the exception that it threw.</summary>
public sealed record ClientAnswer(object? Value, string? Error, bool IsInvalidOperation, string? Message);

/// <summary>An instance as the durable client sees it.</summary>
public sealed record InstanceView(
    string Name,
    string Id,
    string Status,
    string? Input,
    string? Output,
    string? CustomStatus,
    string? Failure,
    IReadOnlyDictionary<string, string> Tags,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUpdatedAt)
{
    public static InstanceView Of(OrchestrationMetadata instance) => new(
        instance.Name,
        instance.InstanceId,
        instance.RuntimeStatus.ToString(),
        instance.SerializedInput,
        instance.SerializedOutput,
        instance.SerializedCustomStatus,
        Failures.Describe(instance.FailureDetails),
        instance.Tags ?? new Dictionary<string, string>(),
        instance.CreatedAt,
        instance.LastUpdatedAt);
}

/// <summary>Failures as text.</summary>
internal static class Failures
{
    /// <summary>The type and the message of a failure, and of those inside it; null for none.</summary>
    public static string? Describe(TaskFailureDetails? failure) => failure switch
    {
        null => null,
        { InnerFailure: null } => $"{failure.ErrorType}: {failure.ErrorMessage}",
        _ => $"{failure.ErrorType}: {failure.ErrorMessage} < {Describe(failure.InnerFailure)}",
    };
}

/// <summary>What only the durable client can do, for tests to call over HTTP.</summary>
public class ClientFunctions
{
    [Function(nameof(CallClient))]
    public async Task<IResult> CallClient(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "client/{operation}")] HttpRequest request,
        string operation,
        [DurableClient] DurableTaskClient client)
    {
        ClientCall call = (await request.ReadFromJsonAsync<ClientCall>())!;
        ClientAnswer answer;
        try
        {
            answer = new(await CallAsync(client, operation, call), null, false, null);
        }
#pragma warning disable CA1031 // What the client throws is the test's to see.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            answer = new(null, exception.GetType().Name, exception is InvalidOperationException, exception.Message);
        }

        return Results.Json(answer);
    }

    private static async Task<object?> CallAsync(DurableTaskClient client, string operation, ClientCall call) => operation switch
    {
        "start" => await client.ScheduleNewOrchestrationInstanceAsync(call.Name!, call.Input, Options(call)),
        "restart" => await client.RestartAsync(call.Id!, call.Flag),
        "get" => await client.GetInstanceAsync(call.Id!, getInputsAndOutputs: true) is { } found ? InstanceView.Of(found) : null,
        "list" => await ListAsync(client, call.Id!),
        "raise" => await DoneAsync(client.RaiseEventAsync(call.Id!, call.Name!, call.Input)),
        "terminate" => await DoneAsync(client.TerminateInstanceAsync(call.Id!, new TerminateInstanceOptions(call.Input, call.Flag))),
        "suspend" => await DoneAsync(client.SuspendInstanceAsync(call.Id!, call.Input)),
        "resume" => await DoneAsync(client.ResumeInstanceAsync(call.Id!, call.Input)),
        "purge" => (await client.PurgeInstanceAsync(call.Id!, new PurgeInstanceOptions(call.Flag))).PurgedInstanceCount,
        "signal" => await DoneAsync(client.Entities.SignalEntityAsync(
            EntityInstanceId.FromString(call.Id!), call.Name!, call.Input, new SignalEntityOptions { SignalTime = After(call) })),
        "entity" => await client.Entities.GetEntityAsync(EntityInstanceId.FromString(call.Id!)) is { } entity ? entity.State.Value : null,
        _ => throw new ArgumentException($"There is no operation '{operation}'.", nameof(operation)),
    };

    private static StartOrchestrationOptions Options(ClientCall call)
    {
        StartOrchestrationOptions options = new(call.Id, After(call)) { Tags = call.Tags ?? [] };
        return call.Dedupe is null ? options : options.WithDedupeStatuses(
            [.. call.Dedupe.Split(',').Select(Enum.Parse<OrchestrationRuntimeStatus>)]);
    }

    private static DateTimeOffset? After(ClientCall call) =>
        call.DelaySeconds is { } seconds ? DateTimeOffset.UtcNow.AddSeconds(seconds) : null;

    private static async Task<object?> DoneAsync(Task task)
    {
        await task;
        return null;
    }

    private static async Task<List<InstanceView>> ListAsync(DurableTaskClient client, string prefix)
    {
        List<InstanceView> found = [];
        await foreach (OrchestrationMetadata instance in client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: prefix, FetchInputsAndOutputs: true)))
            found.Add(InstanceView.Of(instance));
        return found;
    }
}
