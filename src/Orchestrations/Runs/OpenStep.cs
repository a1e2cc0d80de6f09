namespace Preempt;

/// <summary>A step that its run has called and that has not ended, and the wish that it ends alone, if there is one.</summary>
#pragma warning disable CA1001 // An abandoned step is open until its activity answers, and nothing says when that is.
internal sealed class OpenStep
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _abandoned = new();

    public required int Number { get; init; }

    public required string Name { get; init; }

    /// <summary>Whether a stop of the run leaves it alone.</summary>
    public required bool IsShielded { get; init; }

    /// <summary>Whether its activity is open.</summary>
    public bool IsAtWork { get; private set; }

    /// <summary>Its stays at the gates around it.</summary>
    public List<GateVisit> Visits { get; } = [];

    /// <summary>Why this step alone is to stop; null while nobody has asked.</summary>
    public StopRequest? Stop { get; private set; }

    /// <summary>Fires when this step alone is to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Fires when an activity of its has ended after it was told to stop.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Completes when it is waited for no longer.</summary>
    public Task Abandoned => _abandoned.Task;

    /// <summary>Whether it is stopped by this request; the first one stands.</summary>
    public bool TryStop(StopRequest request)
    {
        if (Stop is not null)
            return false;
        Stop = request;
        _stopping.Cancel();
        return true;
    }

    public void Begin() => IsAtWork = true;

    public void End()
    {
        IsAtWork = false;
        if (Stop is not null)
            _ended.Cancel();
    }

    public void Abandon() => _abandoned.TrySetResult();
}
