namespace Preempt.Embedded.Tests.Engine;

/// <summary>
/// Facts about the engine. Each holds whether the code stays in memory between its turns or is replayed at each of them, so each
/// is tested both ways.
/// </summary>
public abstract class EngineFacts(bool replays) : IDisposable
{
    internal EngineApp App { get; } = new(options => options.ReplayEveryTurn = replays);

    public void Dispose()
    {
        App.Dispose();
        GC.SuppressFinalize(this);
    }
}
