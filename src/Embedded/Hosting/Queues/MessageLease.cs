using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace Preempt.Embedded.Hosting.Queues;

/// <summary>
/// The right to one message while it is worked on: the message is hidden from others, and hidden again before that ends, until it
/// is deleted or handed back.
/// </summary>
internal sealed class MessageLease : IAsyncDisposable
{
    private readonly QueueClient _queue;
    private readonly QueueMessage _message;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _renewing;
    private string _receipt;

    public MessageLease(QueueClient queue, QueueMessage message, TimeSpan time, TimeProvider clock, ILogger logger)
    {
        _queue = queue;
        _message = message;
        _logger = logger;
        _receipt = message.PopReceipt;
        _renewing = RenewAsync(time, clock);
    }

    public async Task DeleteAsync()
    {
        await EndAsync();
        await SettleAsync(() => _queue.DeleteMessageAsync(_message.MessageId, _receipt));
    }

    /// <summary>Lets the message be fetched again, after a while.</summary>
    public async Task ReturnAsync(TimeSpan after)
    {
        await EndAsync();
        await SettleAsync(() => _queue.UpdateMessageAsync(_message.MessageId, _receipt, (string?)null, after));
    }

    /// <summary>Ends the renewing: a message that was neither deleted nor handed back comes back by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _over.Dispose();
    }

    private async Task EndAsync()
    {
        await _over.CancelAsync();
        await _renewing;
    }

    private async Task RenewAsync(TimeSpan time, TimeProvider clock)
    {
        try
        {
            TimeSpan wait = time / 2;
            while (true)
            {
                await Task.Delay(wait, clock, _over.Token);
                wait = await TryRenewAsync(time) ? time / 2 : time / 10;
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The work is done.
        }
    }

    private async Task<bool> TryRenewAsync(TimeSpan time)
    {
        try
        {
            UpdateReceipt renewed = await _queue.UpdateMessageAsync(_message.MessageId, _receipt, (string?)null, time);
            _receipt = renewed.PopReceipt;
            return true;
        }
#pragma warning disable CA1031 // Whatever is wrong with the storage, the work goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.LogWarning(
                exception, "Message {Message} of {Queue} could not be kept; it may run twice", _message.MessageId, _queue.Name);
            return false;
        }
    }

    private async Task SettleAsync(Func<Task> settle)
    {
        try
        {
            await settle();
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            _logger.LogWarning("Message {Message} of {Queue} was taken by another process in the meantime", _message.MessageId, _queue.Name);
        }
    }
}
