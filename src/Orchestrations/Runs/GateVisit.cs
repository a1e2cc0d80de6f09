namespace Preempt;

/// <summary>One stay at one gate, of a run or of one of its steps: from when it asks to be admitted until it leaves.</summary>
/// <param name="gate">The gate.</param>
/// <param name="age">Who, as the gate knows it.</param>
internal sealed class GateVisit(RunGate gate, RunAge age)
{
    /// <summary>Made before the gate is asked: an admission by somebody else may overtake its answer.</summary>
    private readonly TaskCompletionSource<long> _admission = new();

    public RunGate Gate => gate;

    public RunAge Age => age;

    /// <summary>Completes with the fencing token when somebody tells of the admission.</summary>
    public Task<long> Admission => _admission.Task;

    /// <summary>The fencing token, once admitted.</summary>
    public long Token { get; set; }

    /// <summary>Why the gate has turned it away; null while it has not.</summary>
    public StopRequest? Refusal { get; set; }

    /// <summary>Whether it was turned away because too many were waiting.</summary>
    public bool IsRejected { get; set; }

    /// <summary>Whether somebody is likely to wait for its slot when it leaves.</summary>
    public bool IsContended { get; set; }

    /// <summary>Whether there is nothing to leave any more.</summary>
    public bool HasLeft { get; set; }

    public void Admit(long token) => _admission.TrySetResult(token);
}
