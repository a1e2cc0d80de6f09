using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt.Conformance.App;

/// <summary>An entity that keeps what it was told, in order.</summary>
public sealed class Journal : TaskEntity<List<string>>
{
    public int Add(string line)
    {
        State.Add(line);
        return State.Count;
    }

    public List<string> Read() => State;

    /// <summary>Changes the state and signals another entity, and then fails.</summary>
    public void Fail(string target)
    {
        State.Add("lost");
        Context.SignalEntity(EntityInstanceId.FromString(target), nameof(Add), "lost");
        throw new OwnException("no");
    }

    public void Forward(string target) => Context.SignalEntity(EntityInstanceId.FromString(target), nameof(Add), $"from {Context.Id.Key}");

    public void AddAndDelete(string line)
    {
        State.Add(line);
        State = null!;
    }

    public string StartOrchestration(string id) =>
        Context.ScheduleNewOrchestration(nameof(Lifecycle.Return), "from an entity", new StartOrchestrationOptions(id));

    public string StartAnyOrchestration() => Context.ScheduleNewOrchestration(nameof(Lifecycle.Return), "from an entity");

    protected override List<string> InitializeState(TaskEntityOperation entityOperation) => [];
}

/// <summary>What is asked of entities from an orchestration.</summary>
public class Entities
{
    [Function(nameof(Journal))]
    public Task Dispatch([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Journal>();

    /// <summary>Signals and calls in one turn, and answers what the entity has then.</summary>
    [Function(nameof(AddInOrder))]
    public async Task<List<string>> AddInOrder([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        EntityInstanceId id = Own(context);
        await context.Entities.SignalEntityAsync(id, nameof(Journal.Add), "signal 1");
        Task<int> second = context.Entities.CallEntityAsync<int>(id, nameof(Journal.Add), "call 2");
        await context.Entities.SignalEntityAsync(id, nameof(Journal.Add), "signal 3");
        Task<int> fourth = context.Entities.CallEntityAsync<int>(id, nameof(Journal.Add), "call 4");
        List<string> lines = await context.Entities.CallEntityAsync<List<string>>(id, nameof(Journal.Read));
        return [.. lines, $"{await second}, {await fourth}"];
    }

    [Function(nameof(FailInEntity))]
    public async Task<string> FailInEntity([OrchestrationTrigger] TaskOrchestrationContext context, string operation)
    {
        EntityInstanceId id = Own(context);
        EntityInstanceId other = new(nameof(Journal), $"{context.InstanceId}-other");
        await context.Entities.CallEntityAsync<int>(id, nameof(Journal.Add), "kept");
        try
        {
            await context.Entities.CallEntityAsync(id, operation, other.ToString());
            return "It did not fail.";
        }
        catch (EntityOperationFailedException exception)
        {
            List<string> lines = await context.Entities.CallEntityAsync<List<string>>(id, nameof(Journal.Read));
            List<string> others = await context.Entities.CallEntityAsync<List<string>>(other, nameof(Journal.Read));
            TaskFailureDetails failure = exception.FailureDetails;
            return $"{string.Join(',', lines)}; {string.Join(',', others)}; {exception.OperationName}; {failure.ErrorType}; "
                + $"{failure.ErrorMessage}; {failure.InnerFailure?.ErrorType}";
        }
    }

    [Function(nameof(SignalLater))]
    public async Task<List<string>> SignalLater([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        EntityInstanceId id = Own(context);
        SignalEntityOptions later = new() { SignalTime = new DateTimeOffset(context.CurrentUtcDateTime.AddSeconds(5), TimeSpan.Zero) };
        await context.Entities.SignalEntityAsync(id, nameof(Journal.Add), "later", later);
        await context.Entities.CallEntityAsync<int>(id, nameof(Journal.Add), "now");
        return await context.Entities.CallEntityAsync<List<string>>(id, nameof(Journal.Read));
    }

    [Function(nameof(CallEntity))]
    public async Task<string?> CallEntity([OrchestrationTrigger] TaskOrchestrationContext context, EntityCalling calling) =>
        await context.Entities.CallEntityAsync<string?>(EntityInstanceId.FromString(calling.Id), calling.Operation, calling.Input);

    private static EntityInstanceId Own(TaskOrchestrationContext context) => new(nameof(Journal), context.InstanceId);
}

/// <summary>A call of an entity.</summary>
public sealed record EntityCalling(string Id, string Operation, string? Input);
