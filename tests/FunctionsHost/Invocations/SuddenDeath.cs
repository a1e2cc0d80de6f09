using System.Diagnostics;
using System.Globalization;

namespace Preempt.FunctionsHost.Invocations;

/// <summary>
/// Has the host killed (SIGKILL) when its worker has answered for the so-manyth time for a function that a test names: at once, before anybody hears
/// of the answer, or a moment later, when some of what it says has been written and some has not.
/// </summary>
internal sealed class SuddenDeath
{
    private readonly string _function;
    private readonly TimeSpan _delay;
    private int _answersLeft;

    private SuddenDeath(string function, int answers, TimeSpan delay)
    {
        _function = function;
        _answersLeft = answers;
        _delay = delay;
    }

    /// <summary>Reads <c>FunctionsHost:DiesAt</c>, as in <c>PreemptGate:5:00:00:00.010</c>: the function, which answer, and how much later.</summary>
    /// <returns>Null where the host is to live.</returns>
    /// <exception cref="FormatException">It is not written so.</exception>
    public static SuddenDeath? Read(IConfiguration settings)
    {
        if (settings["FunctionsHost:DiesAt"] is not { Length: > 0 } text)
            return null;
        string[] parts = text.Split(':', 3);
        return parts.Length == 3
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int answers) && answers > 0
            && TimeSpan.TryParse(parts[2], CultureInfo.InvariantCulture, out TimeSpan delay) && delay >= TimeSpan.Zero
            ? new SuddenDeath(parts[0], answers, delay)
            : throw new FormatException($"FunctionsHost:DiesAt is '{text}'; it is written as function:number:delay, as in PreemptGate:5:00:00:00.010.");
    }

    /// <summary>Told of each answer of the worker, before the answer is handed on.</summary>
    public void SeeAnswer(string function)
    {
        if (function != _function || Interlocked.Decrement(ref _answersLeft) != 0)
            return;
        if (_delay == TimeSpan.Zero)
            Die();
        else
            _ = DieLaterAsync();
    }

    private async Task DieLaterAsync()
    {
        await Task.Delay(_delay);
        Die();
    }

    private static void Die()
    {
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    }
}
