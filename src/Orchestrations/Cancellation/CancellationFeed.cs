namespace Preempt;

/// <summary>Carries stop notices to every process that runs steps.</summary>
public interface ICancellationFeed
{
    /// <summary>Sends a notice; it has reached this process's own steps when the task completes.</summary>
    /// <param name="notice">What to say.</param>
    /// <param name="cancellationToken">Gives up sending.</param>
    /// <returns>A task that completes when the notice is sent.</returns>
    Task PublishAsync(StopNotice notice, CancellationToken cancellationToken = default);
}

/// <summary>The feed of an app that runs in one process: a push.</summary>
internal sealed class InProcessFeed(ActiveSteps steps) : ICancellationFeed
{
    public Task PublishAsync(StopNotice notice, CancellationToken cancellationToken = default)
    {
        steps.Apply(notice);
        return Task.CompletedTask;
    }
}
