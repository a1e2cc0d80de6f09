namespace Preempt;

/// <summary>
/// A change of an entity's state that a caller has asked for with a signal. A signal is gone when the worker dies that takes it: so it is sent again now and then, and
/// the entity knows the request when it comes again.
/// </summary>
internal static class SignalledChange
{
    private const int MaxReads = 12;
    private const int FirstReadBeforeAnother = 8;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    /// <summary>Waits until a change is seen that has been asked for; some seconds at most.</summary>
    /// <param name="read">Reads the entity's state.</param>
    /// <param name="isDone">Whether the state knows the request.</param>
    /// <param name="send">Asks for it again.</param>
    /// <param name="firstPause">The pause after the first reading; each is twice as long as the one before.</param>
    /// <param name="time">The clock that pauses go by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state that was read last.</returns>
    public static Task<T> WaitAsync<T>(
        Func<Task<T>> read, Func<T, bool> isDone, Func<Task> send, TimeSpan firstPause, TimeProvider time, CancellationToken cancellationToken) =>
        new GrowingPause(firstPause, LongestPause).LookUntilAsync(
            async number =>
            {
                T state = await read();
                if (number is >= FirstReadBeforeAnother and < MaxReads && !isDone(state))
                    await send();
                return state;
            },
            isDone,
            MaxReads,
            time,
            cancellationToken);
}
