using Azure;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Hosting.Queues;

/// <summary>
/// The storage that some functions get their messages from. It tells once, for all of them, that it cannot be reached, and once
/// that it can again.
/// </summary>
internal sealed class QueueStorage(QueueConnection connection, IReadOnlyList<QueuePlan> plans, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly QueueServiceClient? _service = Connect(connection, new QueueClientOptions());
    private readonly QueueServiceClient? _poller = Connect(connection, PollingOptions());
    private bool _isLost;

    /// <summary>Whether the app has this storage at all.</summary>
    public bool IsConfigured => _service is not null;

    private string Functions => string.Join(", ", plans.Select(plan => plan.Function.Name));

    public QueueClient Queue(string name) => _service!.GetQueueClient(name);

    /// <summary>A client that does not try again by itself: for the one who comes back anyway.</summary>
    public QueueClient PolledQueue(string name) => _poller!.GetQueueClient(name);

    /// <summary>Says that the app has no storage, and who waits for it.</summary>
    public void ReportMissing() => Report(isLost: true, () => logger.LogWarning(
        "The setting '{Setting}' is not set: the queue functions {Functions} do not run; everything else does", connection.Setting, Functions));

    /// <summary>Says that the storage does not answer, and who waits for it. An emulator that was not started is no trouble in development.</summary>
    public void ReportFailure(Exception exception) => Report(isLost: true, () => logger.Log(
        connection.IsDevelopmentStorage ? LogLevel.Information : LogLevel.Warning,
        "The queue storage of '{Setting}' at {Address} does not respond ({Reason}): the functions {Functions} wait for it; everything else runs",
        connection.Setting,
        _service!.Uri.GetLeftPart(UriPartial.Path),
        ReasonOf(exception),
        Functions));

    public void ReportSuccess() => Report(isLost: false, () => logger.LogInformation(
        "The queue storage of '{Setting}' responds again; the functions {Functions} go on", connection.Setting, Functions));

    private void Report(bool isLost, Action log)
    {
        lock (_lock)
        {
            if (_isLost == isLost) return;
            _isLost = isLost;
        }

        log();
    }

    /// <summary>On one line: what storage refuses comes with all of its headers otherwise.</summary>
    private static string ReasonOf(Exception exception) => exception is RequestFailedException { Status: > 0 } refused
        ? $"{refused.Status} {refused.ErrorCode}"
        : exception.GetBaseException().Message;

    private static QueueServiceClient? Connect(QueueConnection connection, QueueClientOptions options)
    {
        // Messages are encoded and decoded here, because both encodings are accepted.
        options.MessageEncoding = QueueMessageEncoding.None;
        return connection.ConnectionString is { } value ? new QueueServiceClient(value, options) : null;
    }

    private static QueueClientOptions PollingOptions()
    {
        QueueClientOptions options = new();
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
        return options;
    }
}
