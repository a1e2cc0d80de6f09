using Google.Protobuf;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker.Grpc;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Entity functions without a function app.</summary>
internal static class EntityFunctions
{
    /// <summary>Hands each batch to a new entity, as the worker does.</summary>
    public static EntityFunction Of(Func<ITaskEntity> make) => async batch => EntityBatchResult.Parser.ParseFrom(Convert.FromBase64String(
        await GrpcEntityRunner.LoadAndRunAsync(Convert.ToBase64String(batch.ToByteArray()), make())));
}

/// <summary>An entity that keeps all that it is given.</summary>
internal sealed class ListEntity : TaskEntity<List<int>>
{
    public int Add(int number)
    {
        State.Add(number);
        return State.Count;
    }

    protected override List<int> InitializeState(TaskEntityOperation entityOperation) => [];
}
