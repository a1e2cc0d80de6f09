using DurableTask.Core;
using Microsoft.DurableTask;
using Wire = Microsoft.DurableTask.Protobuf;

namespace Preempt.Embedded.Engine;

/// <summary>Failures as the three layers of the Durable Task SDK name them: the store keeps <see cref="TaskFailureDetails"/>.</summary>
internal static class Failures
{
    /// <summary>The failure as Microsoft's executor takes it.</summary>
    public static FailureDetails ToCore(this TaskFailureDetails failure) => new(
        failure.ErrorType, failure.ErrorMessage, failure.StackTrace, failure.InnerFailure?.ToCore(), isNonRetriable: false, failure.Properties);

    /// <summary>The failure of an orchestrator, as the store keeps it.</summary>
    public static TaskFailureDetails ToStored(this FailureDetails failure) => new(
        failure.ErrorType, failure.ErrorMessage, failure.StackTrace, failure.InnerFailure?.ToStored(), failure.Properties);

    /// <summary>The failure of an entity's operation, as the store keeps it.</summary>
    public static TaskFailureDetails ToStored(this Wire.TaskFailureDetails failure) => new(
        failure.ErrorType, failure.ErrorMessage, failure.StackTrace, failure.InnerFailure?.ToStored(), null);

    /// <summary>What becomes of work whose worker process dies while the host lives.</summary>
    public static InvalidOperationException WorkerDied() => new("The worker process died.");

    /// <summary>An exception as an entity's batch reports it.</summary>
    public static Wire.TaskFailureDetails ToWire(Exception exception) => new()
    {
        ErrorType = exception.GetType().FullName!,
        ErrorMessage = exception.Message,
        StackTrace = exception.StackTrace,
        InnerFailure = exception.InnerException is { } inner ? ToWire(inner) : null,
    };
}
