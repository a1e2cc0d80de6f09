namespace Microsoft.DurableTask;

/// <summary>An activity.</summary>
public interface ITaskActivity
{
    /// <summary>The type of its input.</summary>
    Type InputType { get; }

    /// <summary>The type of its output.</summary>
    Type OutputType { get; }

    /// <summary>Runs it.</summary>
    /// <param name="context">Which activity of which orchestration.</param>
    /// <param name="input">Its input.</param>
    Task<object?> RunAsync(TaskActivityContext context, object? input);
}

/// <summary>An activity with a typed input and output.</summary>
/// <typeparam name="TInput">Its input.</typeparam>
/// <typeparam name="TOutput">Its output.</typeparam>
public abstract class TaskActivity<TInput, TOutput> : ITaskActivity
{
    Type ITaskActivity.InputType => typeof(TInput);

    Type ITaskActivity.OutputType => typeof(TOutput);

    async Task<object?> ITaskActivity.RunAsync(TaskActivityContext context, object? input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return await RunAsync(context, TypedInput.From<TInput>(input, context.Name));
    }

    /// <summary>Runs it.</summary>
    /// <param name="context">Which activity of which orchestration.</param>
    /// <param name="input">Its input.</param>
    public abstract Task<TOutput> RunAsync(TaskActivityContext context, TInput input);
}

/// <summary>Which activity runs, and for which orchestration.</summary>
public abstract class TaskActivityContext
{
    /// <summary>The activity.</summary>
    public abstract TaskName Name { get; }

    /// <summary>The id of the orchestration that called it.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The version that was called; empty for none.</summary>
    public virtual string Version => string.Empty;
}
