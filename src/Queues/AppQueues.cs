using System.Runtime.CompilerServices;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace Preempt.Queues;

/// <summary>Writes into queues of the app's own storage, the one that <c>AzureWebJobsStorage</c> names.</summary>
internal sealed class AppQueues
{
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    /// <summary>Of each app one, so that its credentials last; by its configuration, so that it registers nothing.</summary>
    private static readonly ConditionalWeakTable<IConfiguration, AppQueues> All = [];

    private readonly Lazy<QueueServiceClient> _storage;

    private AppQueues(IConfiguration configuration) => _storage = new(() => Connect(configuration));

    /// <summary>The queues of an app.</summary>
    public static AppQueues Of(IConfiguration configuration) => All.GetValue(configuration, static configuration => new AppQueues(configuration));

    /// <summary>Adds a message that stays until somebody takes it; the queue is made if there is none.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="message">What the message is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The app has no storage.</exception>
    public async Task AddAsync(string queue, BinaryData message, CancellationToken cancellationToken)
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

    /// <summary>Makes a queue, if there is none.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The app has no storage.</exception>
    public Task CreateAsync(string queue, CancellationToken cancellationToken) =>
        _storage.Value.GetQueueClient(queue).CreateIfNotExistsAsync(cancellationToken: cancellationToken);

    private static QueueServiceClient Connect(IConfiguration configuration)
    {
        // As the host does by default, and other readers of the queues expect.
        QueueClientOptions options = new() { MessageEncoding = QueueMessageEncoding.Base64 };
        StorageSetting setting = StorageSetting.Read(configuration, name: null, service: "queue");
        if (setting.ConnectionString is { } connection)
            return new QueueServiceClient(connection, options);
        return setting.IsSet
            ? new QueueServiceClient(setting.Address!, setting.Credential!, options)
            : throw new InvalidOperationException(
                $"The app has no storage: set {setting.Name} to a connection string, or {setting.Name}__accountName and an identity.");
    }
}
