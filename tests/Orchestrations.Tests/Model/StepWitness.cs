namespace Preempt.Tests.Model;

/// <summary>Sees the code of steps begin, in whichever process, and knows which cancels have been acknowledged.</summary>
public sealed class StepWitness
{
    private readonly HashSet<(string Holder, string Step, int Attempt)> _begun = [];
    private readonly HashSet<string> _acknowledged = [];
    private readonly List<StepContext> _atWork = [];

    /// <summary>Told of each step whose code begins.</summary>
    public Action<StepContext> Began { get; set; } = static _ => { };

    /// <summary>The steps whose code runs.</summary>
    public IReadOnlyList<StepContext> AtWork => _atWork;

    public List<string> Breaches { get; } = [];

    public void Acknowledge(string run) => _acknowledged.Add(run);

    /// <summary>The run is deleted: the next of its id is another.</summary>
    public void Forget(string run) => _acknowledged.Remove(run);

    public void End(StepContext step) => _atWork.Remove(step);

    public void Begin(StepContext step, PlayStep play)
    {
        _atWork.Add(step);
        Began(step);
        // An activity may run more than once: then this is the same step, and not a new one.
        bool isNew = _begun.Add((step.Holder, play.Name, step.Attempt));
        if (isNew && !play.IsShielded && _acknowledged.Contains(step.RunId))
            Breaches.Add($"Step {play.Name} of {step.RunId} began after a cancel was acknowledged.");
    }

    /// <summary>
    /// The process has died, and its steps and the notices of the in-process feed with it. What is on record still holds: the protocol's witness
    /// sees to that.
    /// </summary>
    public void NewProcess()
    {
        _acknowledged.Clear();
        _atWork.Clear();
    }
}
