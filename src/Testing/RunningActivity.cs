using System.Diagnostics;

namespace Preempt.Testing;

/// <summary>
/// An activity that runs in a test host: whether it works, or waits. It waits when it has asked the host's clock for time, or
/// when no thread has run its code for a while: then it waits for another function, or for its token.
/// </summary>
internal sealed class RunningActivity(string name)
{
    private static readonly AsyncLocal<RunningActivity?> Flowing = new(OnThreadMoved);
    private int _waits;
    private int _threads;
    private long _lastSeen = Stopwatch.GetTimestamp();

    /// <summary>The activity whose code runs now, wherever its awaits have taken it.</summary>
    public static RunningActivity? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    public string Name => name;

    /// <summary>Whether it waits.</summary>
    /// <param name="patience">The while, in real time, that its code must not have run for.</param>
    public bool IsWaiting(TimeSpan patience) =>
        Volatile.Read(ref _waits) > 0
        || (Volatile.Read(ref _threads) == 0 && Stopwatch.GetElapsedTime(Volatile.Read(ref _lastSeen)) >= patience);

    public void BeginWait() => Interlocked.Increment(ref _waits);

    public void EndWait() => Interlocked.Decrement(ref _waits);

    /// <summary>Some thread begins to run an activity's code, or ends: the value flows with the code.</summary>
    private static void OnThreadMoved(AsyncLocalValueChangedArgs<RunningActivity?> change)
    {
        change.PreviousValue?.See(-1);
        change.CurrentValue?.See(1);
    }

    private void See(int threads)
    {
        Volatile.Write(ref _lastSeen, Stopwatch.GetTimestamp());
        Interlocked.Add(ref _threads, threads);
    }
}
