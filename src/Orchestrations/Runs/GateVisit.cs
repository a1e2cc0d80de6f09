namespace Preempt;

/// <summary>One stay at one gate, of a run or of one of its steps: from when it asks to be admitted until it leaves.</summary>
/// <param name="gate">The gate.</param>
/// <param name="age">Who, as the gate knows it.</param>
internal sealed class GateVisit(RunGate gate, RunAge age)
{
    /// <summary>Made before the gate is asked: an admission by somebody else may overtake its answer.</summary>
    private TaskCompletionSource<long> _admission = new();

    private TaskCompletionSource _asksAgain = new();

    public RunGate Gate => gate;

    public RunAge Age => age;

    /// <summary>Completes with the fencing token when somebody tells of the admission.</summary>
    public Task<long> Admission => _admission.Task;

    /// <summary>Completes when somebody says that the gate is to be asked again, since it was last asked.</summary>
    public Task AsksAgain => _asksAgain.Task;

    /// <summary>The fencing token, once admitted.</summary>
    public long Token { get; set; }

    /// <summary>Why the gate has turned it away; null while it has not.</summary>
    public StopRequest? Refusal { get; set; }

    /// <summary>Whether the gate's first answer was that it has been there, and may not come in again.</summary>
    public bool WasThereBefore { get; set; }

    /// <summary>Whether it was turned away because too many were waiting.</summary>
    public bool IsRejected { get; set; }

    /// <summary>Whether somebody is likely to wait for its slot when it leaves.</summary>
    public bool IsContended { get; set; }

    /// <summary>Whether the gate has given its slot, or its place in line, to a newer one.</summary>
    public bool IsStruckOff { get; set; }

    /// <summary>Whether there is nothing to leave any more.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Whether the gate has been seen to have the admission in its books.</summary>
    public bool IsInBooks { get; set; }

    /// <summary>The slot that it holds, as the gate has it in its books.</summary>
    public GateSlot Slot => new(gate.Gate, age.RunId, Token);

    public void Admit(long token) => _admission.TrySetResult(token);

    public void AskAgain() => _asksAgain.TrySetResult();

    /// <summary>The gate is asked now.</summary>
    public void Asks()
    {
        if (_asksAgain.Task.IsCompleted)
            _asksAgain = new();
    }

    /// <summary>Whether it has begun anew.</summary>
    public bool Returns { get; private set; }

    /// <summary>The gate does not know of the admission: the visit begins anew.</summary>
    public void Forget()
    {
        Returns = true;
        Token = 0;
        _admission = new();
    }
}
