using Azure.Core;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Functions.Queues;

/// <summary>Writes into queues of the app's own storage, the one that <c>AzureWebJobsStorage</c> names.</summary>
public sealed class AppQueues(IConfiguration configuration, IServiceProvider services)
{
    private const string Setting = "AzureWebJobsStorage";
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private readonly Lazy<QueueServiceClient> _storage = new(() => Connect(configuration, services));

    /// <summary>Adds a message that stays until somebody takes it; the queue is made if there is none.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="message">What the message is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The app has no storage.</exception>
    internal async Task AddAsync(string queue, BinaryData message, CancellationToken cancellationToken)
    {
        QueueClient client = _storage.Value.GetQueueClient(queue);
        try
        {
            await client.SendMessageAsync(message, timeToLive: Forever, cancellationToken: cancellationToken);
        }
        catch (Azure.RequestFailedException missing) when (missing.ErrorCode == Azure.Storage.Queues.Models.QueueErrorCode.QueueNotFound)
        {
            await client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await client.SendMessageAsync(message, timeToLive: Forever, cancellationToken: cancellationToken);
        }
    }

    private static QueueServiceClient Connect(IConfiguration configuration, IServiceProvider services)
    {
        // As the host does by default, and other readers of the queues expect.
        QueueClientOptions options = new() { MessageEncoding = QueueMessageEncoding.Base64 };
        if (configuration[Setting] is { Length: > 0 } connection)
            return new QueueServiceClient(connection, options);
        if (configuration[$"{Setting}:queueServiceUri"] is { Length: > 0 } address && services.GetService<TokenCredential>() is { } credential)
            return new QueueServiceClient(new Uri(address), credential, options);
        throw new InvalidOperationException(
            $"The app has no storage: set {Setting} to a connection string, or {Setting}__queueServiceUri and register a TokenCredential.");
    }
}
