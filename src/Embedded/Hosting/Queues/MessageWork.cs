using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Hosting.Queues;

/// <summary>
/// Works on one message: calls the function, and then deletes the message, has it tried again, or moves it to the poison queue.
/// A message leaves its queue only when it was worked on, or is in the poison queue.
/// </summary>
internal sealed class MessageWork(
    QueuePlan plan, QueueStorage storage, QueueSettings settings, FunctionRunner runner, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _queue = storage.Queue(plan.QueueName);

    public async Task RunAsync(QueueMessage message, CancellationToken stopping, CancellationToken deadline)
    {
        await using MessageLease lease = new(_queue, message, settings.LeaseTime, time, logger);
        try
        {
            await RunAsync(message, lease, stopping, deadline);
        }
#pragma warning disable CA1031 // A message that storage does not let go of comes back; its failure must not stop the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(
                exception, "Message {Message} of {Queue} could not be removed; it comes back", message.MessageId, plan.QueueName);
        }
    }

    private async Task RunAsync(QueueMessage message, MessageLease lease, CancellationToken stopping, CancellationToken deadline)
    {
        if (stopping.IsCancellationRequested)
        {
            await lease.ReturnAsync(TimeSpan.Zero);
            return;
        }

        // It was tried often enough, by processes that did not live to say so.
        if (message.DequeueCount > settings.MaxDequeueCount && plan.PoisonQueueName is not null)
        {
            await PoisonAsync(message, lease, "the processes that tried it ended before they reported a cause");
            return;
        }

        try
        {
            await runner.RunAsync(QueueContent.Read(message, settings.Encoding), stopping).WaitAsync(deadline);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            logger.LogInformation(
                "Function '{Function}' stopped with the host; message {Message} goes back", plan.Function.Name, message.MessageId);
            await lease.ReturnAsync(TimeSpan.Zero);
            return;
        }
#pragma warning disable CA1031 // Whatever a function throws, its message is tried again, or put aside.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(
                exception,
                "Function '{Function}' failed, try {Try} of message {Message}",
                plan.Function.Name,
                message.DequeueCount,
                message.MessageId);
            if (message.DequeueCount >= settings.MaxDequeueCount && plan.PoisonQueueName is not null)
                await PoisonAsync(message, lease, exception.Message);
            else
                await lease.ReturnAsync(settings.VisibilityTimeout);
            return;
        }

        await lease.DeleteAsync();
    }

    /// <param name="cause">Why it cannot be worked on.</param>
    private async Task PoisonAsync(QueueMessage message, MessageLease lease, string cause)
    {
        QueueClient poison = storage.Queue(plan.PoisonQueueName!);
        await poison.CreateIfNotExistsAsync();
        await poison.SendMessageAsync(message.Body, timeToLive: Forever);
        await lease.DeleteAsync();
        logger.LogError(
            "Message {Message} of {Queue} was tried {Tries} times; it is in {Poison} now. The cause: {Cause}",
            message.MessageId,
            plan.QueueName,
            Math.Min(message.DequeueCount, settings.MaxDequeueCount),
            plan.PoisonQueueName,
            cause);
    }
}
