using Microsoft.DurableTask.Converters;

namespace Preempt.Embedded.Engine;

/// <summary>A task that the orchestrator's code may await; the engine completes it with JSON or a failure.</summary>
internal interface IPending
{
    void Complete(string? json);

    void Fail(Exception exception);
}

/// <inheritdoc cref="IPending" />
internal sealed class Pending<T> : IPending
{
    private readonly TaskCompletionSource<T> _source = new();

    public Task<T> Task => _source.Task;

    public bool TryCancel(CancellationToken token) => _source.TrySetCanceled(token);

    public void Fail(Exception exception) => _source.TrySetException(exception);

    public void Complete(string? json)
    {
        T value;
        try
        {
            value = JsonDataConverter.Default.Deserialize<T>(json)!;
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or NotSupportedException)
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

/// <summary>Raised in orchestrator code that, when replayed, decides otherwise than its history says.</summary>
internal sealed class NonDeterminismException(string message) : Exception(message);
