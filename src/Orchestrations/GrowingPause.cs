namespace Preempt;

/// <summary>Pauses between tries, each longer than the one before, up to a longest one. Reads no clock: orchestrators use it too.</summary>
/// <param name="first">The first pause.</param>
/// <param name="longest">None is longer.</param>
/// <param name="growth">How many times as long as the one before each is.</param>
internal sealed class GrowingPause(TimeSpan first, TimeSpan longest, double growth = 2)
{
    private TimeSpan _next = first;

    /// <summary>The pause to make now.</summary>
    public TimeSpan Next()
    {
        TimeSpan pause = _next;
        _next = pause * growth < longest ? pause * growth : longest;
        return pause;
    }

    /// <summary>Looks at something again and again, until it is as wanted.</summary>
    /// <param name="look">Looks once; is told the number of the look, from 1.</param>
    /// <param name="isEnough">Whether to look no more.</param>
    /// <param name="most">Looks at most.</param>
    /// <param name="time">The clock that pauses go by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was seen last.</returns>
    public async Task<T> LookUntilAsync<T>(
        Func<int, Task<T>> look, Func<T, bool> isEnough, int most, TimeProvider time, CancellationToken cancellationToken)
    {
        for (int number = 1; ; number++)
        {
            T seen = await look(number);
            if (number >= most || isEnough(seen))
                return seen;
            await Task.Delay(Next(), time, cancellationToken);
        }
    }
}
