namespace Preempt;

/// <summary>What keeps an app from starting, told all at once.</summary>
internal static class SetupMistakes
{
    /// <exception cref="InvalidOperationException">There are mistakes.</exception>
    public static void ThrowIfAny(IReadOnlyCollection<string> mistakes)
    {
        if (mistakes.Count > 0)
            throw new InvalidOperationException($"Preempt cannot start: {string.Join("; ", mistakes)}.");
    }
}
