using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>Carries stop notices to every process that runs steps.</summary>
internal interface ICancellationFeed
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

/// <summary>Makes and uses feeds.</summary>
internal static class CancellationFeeds
{
    /// <summary>The feed that the settings ask for.</summary>
    public static ICancellationFeed Create(IServiceProvider services)
    {
        ActiveSteps steps = services.GetRequiredService<ActiveSteps>();
        FeedSettings settings = services.GetRequiredService<FeedSettings>();
        if (settings.Storage is null)
            return new InProcessFeed(steps);
        return new TableCancellationFeed(
            steps,
            new StopLog(services.GetRequiredService<FeedTable>()),
            settings.Interval,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<TableCancellationFeed>>());
    }

    /// <summary>
    /// Sends a notice where that is only the fast way, and a failure must not fail what goes with it. The feed logs it.
    /// </summary>
    public static async Task TryPublishAsync(this ICancellationFeed feed, StopNotice notice, CancellationToken cancellationToken)
    {
        try
        {
            await feed.PublishAsync(notice, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever goes wrong: the run's supervisor sends it again.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
        }
    }
}
