using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.Tests.Shared;

namespace Preempt.EndToEnd.Queues;

/// <summary>An app of its own with storage of its own, which publishes events; shared by the tests of a class.</summary>
public sealed class QueueApp : IAsyncLifetime
{
    private readonly SemaphoreSlim _taking = new(1);
    private readonly Dictionary<string, List<string>> _taken = [];
    private Azurite? _azurite;
    private AppProcess? _process;

    internal HttpClient Http { get; private set; } = null!;

    private QueueClient Commands { get; set; } = null!;

    private QueueClient Poison { get; set; } = null!;

    private QueueClient Events { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (AppUnderTest.IsExternal)
            return;
        _azurite = await Azurite.StartAsync();
        QueueServiceClient storage = new(_azurite.ConnectionString, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        Commands = storage.GetQueueClient("preempt-commands");
        Poison = storage.GetQueueClient("preempt-commands-poison");
        Events = storage.GetQueueClient("preempt-events");
        await Commands.CreateAsync();
        (_process, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = _azurite.ConnectionString,
            ["Preempt__Events"] = "true",
            ["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] = "00:00:00.2",
            ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "2",
        });
        Http = AppUnderTest.Connect(address);
    }

    internal Task SendAsync(object command) => SendAsync(JsonSerializer.Serialize(command, ApiJson.Options));

    internal Task SendAsync(string command) => Commands.SendMessageAsync(command, TestContext.Current.CancellationToken);

    internal Task SendAsync(byte[] command) => Commands.SendMessageAsync(BinaryData.FromBytes(command), cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Waits for a message of the poison queue that has this text in it.</summary>
    internal Task<string> FindPoisonAsync(string text) => FindAsync(Poison, text, count: 1);

    /// <summary>Waits for events of a run, and returns them in the order in which they came.</summary>
    internal async Task<string[]> FindEventsAsync(string runId, int count) =>
        [.. (await FindAsync(Events, runId, count)).Split('\n')];

    private async Task<string> FindAsync(QueueClient queue, string text, int count)
    {
        string[] found = await Eventually.GetAsync(
            async () => (string[])[.. (await TakeAsync(queue)).Where(message => message.Contains(text, StringComparison.Ordinal))],
            messages => messages.Length >= count);
        return string.Join('\n', found);
    }

    /// <summary>All messages that the queue has had, in the order in which they came.</summary>
    private async Task<string[]> TakeAsync(QueueClient queue)
    {
        await _taking.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            List<string> taken = _taken.TryGetValue(queue.Name, out List<string>? known) ? known : _taken[queue.Name] = [];
            if (await queue.ExistsAsync(TestContext.Current.CancellationToken))
            {
                foreach (QueueMessage message in (await queue.ReceiveMessagesAsync(maxMessages: 32, cancellationToken: TestContext.Current.CancellationToken)).Value)
                {
                    taken.Add(Encoding.UTF8.GetString(message.Body));
                    await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, TestContext.Current.CancellationToken);
                }
            }

            return [.. taken];
        }
        finally
        {
            _taking.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        _process?.Dispose();
        _azurite?.Dispose();
        _taking.Dispose();
        await ValueTask.CompletedTask;
    }
}
