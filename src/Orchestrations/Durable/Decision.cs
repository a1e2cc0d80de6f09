using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// What an orchestrator decides by the app as it is deployed: its workflows, its settings, the code that configures. A later deployment would
/// decide otherwise, so each decision is made once and kept in the history; see <see cref="DecisionLog"/>.
/// </summary>
/// <typeparam name="T">What is decided; plain JSON.</typeparam>
/// <param name="Made">What was decided; null where that failed.</param>
/// <param name="Error">Why it failed, which is a decision too.</param>
internal sealed record Decision<T>(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] T? Made,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RunError? Error = null)
    where T : class
{
    /// <summary>Decides now.</summary>
    public static Decision<T> Make(Func<T> decide)
    {
        try
        {
            return new Decision<T>(decide());
        }
#pragma warning disable CA1031 // Code of the app decides: whatever it throws is what comes of it, at each replay.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Decision<T>(null, RunErrors.From(exception));
        }
    }

    /// <summary>What was decided.</summary>
    /// <exception cref="InvalidRunException">A run is not allowed as it was asked for.</exception>
    /// <exception cref="InvalidOperationException">It failed for another reason.</exception>
    public T Get() => Error switch
    {
        null => Made!,
        { Type: var type, Message: var message } when type == typeof(InvalidRunException).FullName => throw new InvalidRunException(message),
        { Message: var message } => throw new InvalidOperationException(message),
    };
}
