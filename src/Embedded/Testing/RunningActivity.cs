namespace Preempt.Embedded.Testing;

/// <summary>An activity that runs in a test host: whether it works, or waits for the host's clock.</summary>
internal sealed class RunningActivity(string name)
{
    private static readonly AsyncLocal<RunningActivity?> Flowing = new();
    private int _waits;

    /// <summary>The activity whose code runs now, wherever its awaits have taken it.</summary>
    public static RunningActivity? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    public string Name => name;

    public bool IsWaiting => Volatile.Read(ref _waits) > 0;

    public void BeginWait() => Interlocked.Increment(ref _waits);

    public void EndWait() => Interlocked.Decrement(ref _waits);
}
