using Preempt.Embedded.Engine;

namespace Preempt.Testing;

/// <summary>The faults of steps that a test has asked for, until they have happened. They outlive a crash of the host.</summary>
internal sealed class StepFaults : IStepFaults
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _failures = [];
    private readonly Dictionary<string, int> _deaths = [];

    public void Fail(string step, int times) => Add(_failures, step, times);

    public void KillWorkerOf(string step, int times) => Add(_deaths, step, times);

    public Exception? TakeFailure(StepCall call) =>
        Take(_failures, call.Name) ? new InvalidOperationException($"The test has attempt {call.Attempt} of step '{call.Name}' fail.") : null;

    public Exception? TakeDeath(StepCall call) => Take(_deaths, call.Name) ? Failures.WorkerDied() : null;

    private void Add(Dictionary<string, int> faults, string step, int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        lock (_lock)
            faults[step] = faults.GetValueOrDefault(step) + times;
    }

    private bool Take(Dictionary<string, int> faults, string step)
    {
        lock (_lock)
        {
            if (faults.GetValueOrDefault(step) == 0)
                return false;
            faults[step]--;
            return true;
        }
    }
}
