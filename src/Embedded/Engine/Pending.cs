using Microsoft.DurableTask.Converters;

namespace Preempt.Embedded.Engine;

/// <summary>A task that the orchestrator's code may await; the engine completes it with JSON or a failure.</summary>
internal interface IPending
{
    bool IsCompleted { get; }

    void Complete(string? json);

    void Fail(Exception exception);
}

/// <inheritdoc cref="IPending" />
internal sealed class Pending<T> : IPending
{
    private readonly TaskCompletionSource<T> _source = new();
    private CancellationTokenRegistration _cancellation;

    public Task<T> Task => _source.Task;

    public bool IsCompleted => _source.Task.IsCompleted;

    /// <summary>Has a token cancel the task, for as long as it is open.</summary>
    /// <param name="thread">Where the token has to fire.</param>
    /// <param name="onCancelled">What else is to be done then, before the code goes on.</param>
    public void CancelOn(OrchestratorThread thread, Action onCancelled, CancellationToken token)
    {
        if (!token.CanBeCanceled)
            return;
        _cancellation = token.Register(() =>
        {
            if (!thread.IsCurrent)
            {
                thread.Leave();
                return;
            }

            if (IsCompleted)
                return;
            onCancelled();
            _source.TrySetCanceled(token);
        });
    }

    public void Fail(Exception exception)
    {
        _cancellation.Unregister();
        _source.TrySetException(exception);
    }

    public void Complete(string? json)
    {
        _cancellation.Unregister();
        T value;
        try
        {
            value = JsonDataConverter.Default.Deserialize<T>(json)!;
        }
#pragma warning disable CA1031 // A type's own converter may throw anything; it is for the code that awaits the value.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _source.TrySetException(exception);
            return;
        }

        _source.TrySetResult(value);
    }
}

/// <summary>An open decision of an orchestration: what it is called and who awaits it.</summary>
internal sealed record OpenTask(string Name, IPending Pending, OpenTaskKind Kind);

internal enum OpenTaskKind
{
    Activity,
    Child,
    Timer,

    /// <summary>An entity's answer. The only kind that an orchestration may end without.</summary>
    EntityCall,
}

/// <summary>What an orchestration continues as new with. The input is JSON.</summary>
internal sealed record Continuation(string? Input, string? Version, bool PreserveEvents);

/// <summary>Raised in orchestrator code that, when replayed, decides otherwise than its history says.</summary>
internal sealed class NonDeterminismException(string message) : Exception(message);
