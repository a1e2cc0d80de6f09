namespace Microsoft.DurableTask.Entities;

/// <summary>An entity: state, and operations on it that run one at a time.</summary>
public interface ITaskEntity
{
    /// <summary>Runs one operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>Its result.</returns>
    ValueTask<object?> RunAsync(TaskEntityOperation operation);
}
