using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Hosting.Queues;
using Preempt.Tests.Shared;

namespace Preempt.Embedded.Tests.Hosting;

public sealed class QueueTriggerTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly QueueSettings Quick = new() { MaxPollingInterval = TimeSpan.FromMilliseconds(200), NewBatchThreshold = 8 };

    private readonly string _queueName = $"q-{Guid.NewGuid():N}";
    private readonly Received _received = new();

    public void Dispose() => _received.Dispose();

    [Theory]
    [InlineData(typeof(TakesText), "hello")]
    [InlineData(typeof(TakesBytes), "hello")]
    [InlineData(typeof(TakesData), "hello")]
    [InlineData(typeof(TakesMessage), "hello")]
    [InlineData(typeof(TakesPerson), """{"name":"ada","AGE":36}""", "ada is 36")]
    public async Task A_message_reaches_its_function_as_the_type_that_it_asks_for(Type function, string message, string? expected = null)
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.Base64);
        await using TestApp app = await StartAsync(function);

        await queue.SendMessageAsync(message);

        Assert.Equal(expected ?? message, _received.Take());
        await UntilEmptyAsync(queue);
    }

    [Fact]
    public async Task What_is_known_of_a_message_beside_its_content_is_there_too()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.Base64);
        await using TestApp app = await StartAsync(typeof(TakesFacts));

        SendReceipt sent = await queue.SendMessageAsync("hello");

        Assert.Equal($"{sent.MessageId} {sent.InsertionTime:O} 5", _received.Take());
    }

    [Fact]
    public async Task A_queue_that_is_made_later_is_found()
    {
        await using TestApp app = await StartAsync(typeof(TakesText));

        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        await queue.SendMessageAsync("plain words");

        Assert.Equal("plain words", _received.Take());
        Assert.DoesNotContain(app.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_message_that_keeps_failing_ends_in_the_poison_queue_as_it_was()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        await using TestApp app = await StartAsync(typeof(Fails), Quick with { MaxDequeueCount = 3 });

        await queue.SendMessageAsync("aGVsbG8=");

        Assert.Equal(["hello 1", "hello 2", "hello 3"], [_received.Take(), _received.Take(), _received.Take()]);
        QueueMessage poisoned = await ReceiveAsync(await QueueAsync($"{_queueName}-poison", QueueMessageEncoding.None));
        Assert.Equal("aGVsbG8=", poisoned.Body.ToString());
        await UntilEmptyAsync(queue);
        Assert.Equal(3, app.Logs.Entries.Count(entry => entry.Exception?.Message == "out of tea"));
        await UntilLoggedAsync(app, $"was tried 3 times; it is in {_queueName}-poison now. The cause: out of tea");
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_ends_in_the_poison_queue()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        await using TestApp app = await StartAsync(typeof(TakesPerson), Quick with { MaxDequeueCount = 2 });

        await queue.SendMessageAsync("{ no person");

        QueueMessage poisoned = await ReceiveAsync(await QueueAsync($"{_queueName}-poison", QueueMessageEncoding.None));
        Assert.Equal("{ no person", poisoned.Body.ToString());
        Assert.True(_received.IsEmpty);
        await UntilLoggedAsync(app, "The cause: 'n' is an invalid start of a property name");
    }

    [Fact]
    public async Task A_message_that_was_fetched_too_often_does_not_run_again()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        await queue.SendMessageAsync("kills its process");
        for (int i = 0; i < 2; i++)
        {
            QueueMessage message = await queue.ReceiveMessageAsync();
            await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, (string?)null, TimeSpan.Zero);
        }

        await using TestApp app = await StartAsync(typeof(TakesText), Quick with { MaxDequeueCount = 2 });

        await ReceiveAsync(await QueueAsync($"{_queueName}-poison", QueueMessageEncoding.None));
        Assert.True(_received.IsEmpty);
        await UntilLoggedAsync(app, "The cause: the processes that tried it ended before they reported a cause");
    }

    [Fact]
    public async Task A_message_that_failed_waits_before_it_is_tried_again()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        TimeSpan wait = TimeSpan.FromSeconds(3);
        await using TestApp app = await StartAsync(typeof(Fails), Quick with { MaxDequeueCount = 2, VisibilityTimeout = wait });

        await queue.SendMessageAsync("hello");
        _received.Take();
        long first = TimeProvider.System.GetTimestamp();
        _received.Take();

        // Storage counts whole seconds.
        Assert.True(TimeProvider.System.GetElapsedTime(first) > wait - TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Long_work_keeps_its_message()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        TimeSpan lease = TimeSpan.FromSeconds(2);
        await using TestApp app = await StartAsync(typeof(Waits), Quick with { LeaseTime = lease });
        await queue.SendMessageAsync("long");
        _received.Take();

        await Task.Delay(2 * lease);
        _received.Go.Release();

        await UntilEmptyAsync(queue);
        Assert.True(_received.IsEmpty);
        Assert.DoesNotContain(app.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task No_more_messages_are_worked_on_than_the_settings_say()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        for (int i = 0; i < 7; i++)
            await queue.SendMessageAsync("one");
        await using TestApp app = await StartAsync(typeof(Waits), Quick with { BatchSize = 2, NewBatchThreshold = 1 });

        // A batch of two; with one of them done, a batch more.
        _received.Take();
        _received.Take();
        await Task.Delay(2 * Quick.MaxPollingInterval);
        Assert.True(_received.IsEmpty);
        _received.Go.Release();
        _received.Take();
        _received.Take();
        await Task.Delay(2 * Quick.MaxPollingInterval);
        Assert.True(_received.IsEmpty);

        _received.Go.Release(7);
        await UntilEmptyAsync(queue);
        Assert.Equal(3, _received.MostAtOnce);
    }

    [Fact]
    public async Task A_stopping_host_gives_its_messages_back()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        TestApp app = await StartAsync(typeof(WaitsForStop));
        await queue.SendMessageAsync("hello");
        _received.Take();

        await app.StopAsync();
        await app.DisposeAsync();

        // A fetch that was under way can have taken it once more, and have given it back at once.
        Assert.InRange((await queue.ReceiveMessageAsync()).Value?.DequeueCount ?? 0, 2, 3);
    }

    [Fact]
    public async Task A_function_that_does_not_stop_loses_its_message_at_the_deadline()
    {
        QueueClient queue = await NewQueueAsync(QueueMessageEncoding.None);
        TestApp app = await StartAsync(typeof(Waits), Quick, "--shutdownTimeoutSeconds=1");
        await queue.SendMessageAsync("hello");
        _received.Take();

        await app.StopAsync();
        await app.DisposeAsync();

        Assert.Equal(2, (await queue.ReceiveMessageAsync()).Value?.DequeueCount);
        _received.Go.Release();
    }

    [Fact]
    public async Task Without_storage_all_else_works_and_one_line_says_who_waits_for_it()
    {
        int port = FreePort();
        string nowhere = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;QueueEndpoint=http://127.0.0.1:{port}/a";
        await using TestApp app = await StartAsync(
            [typeof(TakesText), typeof(TakesMore), typeof(Greets)], Quick, $"--AzureWebJobsStorage={nowhere}");

        Assert.Equal("hello", await app.Http.GetStringAsync(new Uri("/api/Greet", UriKind.Relative)));
        await UntilLoggedAsync(app, "The queue storage of");
        await Task.Delay(5 * Quick.MaxPollingInterval);

        (LogLevel level, string message, Exception? _) = Assert.Single(app.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith(
            $"The queue storage of 'AzureWebJobsStorage' at http://127.0.0.1:{port}/a does not respond (",
            message,
            StringComparison.Ordinal);
        Assert.EndsWith("): the functions Take, TakeMore wait for it; everything else runs", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Functions_go_on_when_their_storage_is_there()
    {
        Azurite first = await Azurite.StartAsync();
        string connection = first.ConnectionString;
        first.Dispose();
        await using TestApp app = await StartAsync([typeof(TakesText)], Quick, $"--AzureWebJobsStorage={connection}");
        await UntilLoggedAsync(app, "The queue storage of");

        using Azurite second = await Azurite.StartInPlaceOfAsync(first);
        QueueClient queue = new(connection, _queueName);
        await queue.CreateAsync();
        await queue.SendMessageAsync("at last");

        Assert.Equal("at last", _received.Take());
        await UntilLoggedAsync(app, "The queue storage of 'AzureWebJobsStorage' responds again; the functions Take go on");
    }

    [Fact]
    public async Task An_app_without_storage_starts_and_says_so()
    {
        await using TestApp app = await StartAsync([typeof(TakesText), typeof(Greets)], Quick, "--AzureWebJobsStorage=");

        Assert.Equal("hello", await app.Http.GetStringAsync(new Uri("/api/Greet", UriKind.Relative)));
        await UntilLoggedAsync(app, "The setting 'AzureWebJobsStorage' is not set: the queue functions Take do not run");
    }

    private static async Task UntilLoggedAsync(TestApp app, string text)
    {
        using CancellationTokenSource patience = new(TestApp.Patience);
        while (!app.Logs.Entries.Any(entry => entry.Message.Contains(text, StringComparison.Ordinal)))
            await Task.Delay(10, patience.Token);
    }

    private Task<TestApp> StartAsync(Type function, QueueSettings? settings = null, params string[] more) =>
        StartAsync([function], settings ?? Quick, more);

    private async Task<TestApp> StartAsync(Type[] functions, QueueSettings settings, params string[] more)
    {
        string connection = more.Any(setting => setting.StartsWith("--AzureWebJobsStorage", StringComparison.Ordinal))
            ? ""
            : $"--AzureWebJobsStorage={await azurite.GetConnectionStringAsync()}";
        EmbeddedAppBuilder builder = TestApp.NewBuilder(functions, [$"--Queue={_queueName}", connection, .. more]);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(_received);
        return await TestApp.StartAsync(builder);
    }

    private async Task<QueueClient> NewQueueAsync(QueueMessageEncoding encoding)
    {
        QueueClient queue = await QueueAsync(_queueName, encoding);
        await queue.CreateAsync();
        return queue;
    }

    private async Task<QueueClient> QueueAsync(string name, QueueMessageEncoding encoding) =>
        new(await azurite.GetConnectionStringAsync(), name, new QueueClientOptions { MessageEncoding = encoding });

    private static async Task<QueueMessage> ReceiveAsync(QueueClient queue)
    {
        using CancellationTokenSource patience = new(TestApp.Patience);
        while (true)
        {
            if (await queue.ExistsAsync(patience.Token)
                && (await queue.ReceiveMessageAsync(cancellationToken: patience.Token)).Value is { } message)
                return message;
            await Task.Delay(20, patience.Token);
        }
    }

    private static async Task UntilEmptyAsync(QueueClient queue)
    {
        using CancellationTokenSource patience = new(TestApp.Patience);
        while ((await queue.GetPropertiesAsync(patience.Token)).Value.ApproximateMessagesCount > 0)
            await Task.Delay(20, patience.Token);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>What functions got, and how many worked at one time.</summary>
    public sealed class Received : IDisposable
    {
        private readonly BlockingCollection<string> _messages = [];
        private int _working;

        internal SemaphoreSlim Go { get; } = new(0);

        internal bool IsEmpty => _messages.Count == 0;

        internal int MostAtOnce { get; private set; }

        internal void Add(string message)
        {
            lock (_messages)
                MostAtOnce = Math.Max(MostAtOnce, ++_working);
            _messages.Add(message);
        }

        internal void Done()
        {
            lock (_messages)
                _working--;
        }

        internal string Take() => _messages.TryTake(out string? message, TestApp.Patience)
            ? message
            : throw new TimeoutException("There was no message.");

        public void Dispose()
        {
            _messages.Dispose();
            Go.Dispose();
        }
    }

    public sealed record Person(string Name, int Age);

    public class TakesText(Received received)
    {
        [Function("Take")]
        public void Take([QueueTrigger("%Queue%")] string message) => received.Add(message);
    }

    public class TakesMore(Received received)
    {
        [Function("TakeMore")]
        public void Take([QueueTrigger("%Queue%-more")] string message) => received.Add(message);
    }

    public class TakesBytes(Received received)
    {
        [Function("Take")]
        public void Take([QueueTrigger("%Queue%")] byte[] message) => received.Add(System.Text.Encoding.UTF8.GetString(message));
    }

    public class TakesFacts(Received received)
    {
        [Function("Take")]
        public void Take([QueueTrigger("%Queue%")] byte[] message, FunctionContext context) =>
            received.Add($"{context.BindingContext.BindingData["Id"]} {context.BindingContext.BindingData["InsertionTime"]} {message.Length}");
    }

    public class TakesData(Received received)
    {
        [Function("Take")]
        public void Take([QueueTrigger("%Queue%")] BinaryData message) => received.Add(message.ToString());
    }

    public class TakesMessage(Received received)
    {
        [Function("Take")]
        public void Take([QueueTrigger("%Queue%")] QueueMessage message) => received.Add(message.Body.ToString());
    }

    public class TakesPerson(Received received)
    {
        [Function("Take")]
        public void Take([QueueTrigger("%Queue%")] Person person) => received.Add($"{person.Name} is {person.Age}");
    }

    public class Fails(Received received)
    {
        [Function("Take")]
        public void Take([QueueTrigger("%Queue%")] QueueMessage message)
        {
            received.Add($"{message.Body} {message.DequeueCount}");
            throw new InvalidOperationException("out of tea");
        }
    }

    public class Waits(Received received)
    {
        [Function("Take")]
        public async Task Take([QueueTrigger("%Queue%")] string message)
        {
            received.Add(message);
            Assert.True(await received.Go.WaitAsync(TestApp.Patience));
            received.Done();
        }
    }

    public class WaitsForStop(Received received)
    {
        [Function("Take")]
        public async Task Take([QueueTrigger("%Queue%")] string message, CancellationToken cancellation)
        {
            received.Add(message);
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }

    public class Greets
    {
        [Function("Greet")]
        public string Greet([HttpTrigger("get")] HttpRequest request) => "hello";
    }
}
