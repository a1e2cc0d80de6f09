using Preempt.Embedded.Engine;

namespace Preempt.Testing;

/// <summary>A call of an activity or an entity that has not ended, although the host's thread has gone on: it waits for something.</summary>
/// <param name="work">What runs.</param>
internal sealed class RunningWork(IFunctionWork work)
{
    private static readonly AsyncLocal<RunningWork?> Flowing = new();

    /// <summary>What this code belongs to, wherever its awaits have taken it; null outside of activities and entities.</summary>
    public static RunningWork? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    public string Name => work.Description;

    /// <summary>Completes when it has ended.</summary>
    public Task Task { get; set; } = Task.CompletedTask;

    /// <summary>How long, in real time, the clock has stood still for it since it last waited on the clock.</summary>
    public TimeSpan Held { get; set; }
}
