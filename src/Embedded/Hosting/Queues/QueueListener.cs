using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Hosting.Triggers;

namespace Preempt.Embedded.Hosting.Queues;

/// <summary>Fetches the messages of one queue function, and has several worked on at one time.</summary>
internal sealed class QueueListener(
    QueuePlan plan, QueueStorage storage, QueueSettings settings, FunctionRunner runner, TimeProvider time, ILogger logger) : ITriggerLoop
{
    public async Task RunAsync(CancellationToken stopping, CancellationToken deadline)
    {
        if (!storage.IsConfigured)
        {
            storage.ReportMissing();
            return;
        }

        MessageWork work = new(plan, storage, settings, runner, time, logger);
        List<Task> running = [];
        try
        {
            await ListenAsync(message => running.Add(Task.Run(() => work.RunAsync(message, stopping, deadline))), running, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // No more messages are fetched; those that were come to their end.
        }

        await Task.WhenAll(running);
    }

    private async Task ListenAsync(Action<QueueMessage> start, List<Task> running, CancellationToken stopping)
    {
        PollingDelay delay = new(settings.MaxPollingInterval);
        QueueClient queue = storage.PolledQueue(plan.QueueName);
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            QueueMessage[] messages = await ReceiveAsync(queue);
            foreach (QueueMessage message in messages)
                start(message);
            if (messages.Length > 0)
                delay.Reset();
            else
                await Task.Delay(delay.Next(), time, stopping);
            await UntilAtMostAsync(settings.NewBatchThreshold, running, stopping);
        }
    }

    /// <summary>Fetches messages. A fetch is never broken off: what it took would be hidden from everybody for a while.</summary>
    private async Task<QueueMessage[]> ReceiveAsync(QueueClient queue)
    {
        try
        {
            QueueMessage[] messages = await queue.ReceiveMessagesAsync(settings.BatchSize, settings.LeaseTime, CancellationToken.None);
            storage.ReportSuccess();
            return messages;
        }
        catch (Azure.RequestFailedException exception) when (exception.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            storage.ReportSuccess();
            return [];
        }
#pragma warning disable CA1031 // Whatever is wrong with the storage, it may be right the next time.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            storage.ReportFailure(exception);
            return [];
        }
    }

    private static async Task UntilAtMostAsync(int count, List<Task> running, CancellationToken stopping)
    {
        running.RemoveAll(task => task.IsCompleted);
        while (running.Count > count)
        {
            await Task.WhenAny(running).WaitAsync(stopping);
            running.RemoveAll(task => task.IsCompleted);
        }
    }
}
