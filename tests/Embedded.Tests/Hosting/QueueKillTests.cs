using System.Net;
using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Preempt.Tests.Shared;

namespace Preempt.Embedded.Tests.Hosting;

/// <summary>An app with a queue function is killed at random moments: no message is lost.</summary>
public sealed class QueueKillTests(AzuriteFixture azurite, ITestOutputHelper output) : IDisposable
{
    private const int Kills = 20;
    private const int MessagesForEachKill = 15;

    /// <summary>How long a message stays hidden that was being worked on when the app was killed.</summary>
    private const string Lease = "00:00:01";

    private readonly DirectoryInfo _store = Directory.CreateTempSubdirectory("preempt-queue-kills-");

    public void Dispose() => _store.Delete(recursive: true);

    [Fact]
    public async Task Good_messages_are_carried_out_and_bad_ones_end_in_the_poison_queue_however_often_the_app_is_killed()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        Random random = new(seed);
        string connection = await azurite.GetConnectionStringAsync();
        QueueClient queue = Queue(connection, "kill-commands");
        await queue.CreateAsync();
        List<string> good = [];
        List<string> bad = [];

        for (int kill = 0; kill < Kills; kill++)
        {
            using AppProcess app = Start(connection);
            using HttpClient http = app.Connect();
            for (int i = 0; i < MessagesForEachKill; i++)
                await queue.SendMessageAsync(Next(random, $"{kill}-{i}", good, bad));
            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
        }

        using AppProcess last = Start(connection);
        using HttpClient api = last.Connect();
        await UntilEmptyAsync(queue);
        HashSet<string> poisoned = await ReadAllAsync(Queue(connection, "kill-commands-poison"));
        output.WriteLine($"{good.Count} good, {bad.Count} bad, {poisoned.Count} poisoned");
        Assert.Empty(bad.Except(poisoned));
        foreach (string message in good.Where(message => !poisoned.Contains(message)))
            await UntilCompletedAsync(api, JsonElement.Parse(message).GetProperty("Id").GetString()!);

        // Only a message that was being worked on at several kills may have used up its tries.
        Assert.InRange(poisoned.Except(bad).Count(), 0, good.Count / 20);
    }

    private AppProcess Start(string connection) => new(
        ("Preempt__Store", _store.FullName), ("AzureWebJobsStorage", connection), ("QueueLease", Lease));

    private static string Next(Random random, string id, List<string> good, List<string> bad)
    {
        (string message, List<string> kind) = random.Next(6) switch
        {
            0 => ($"{{\"Id\": \"{id}\", \"IsBad\": true}}", bad),
            1 => ($"{id} is no JSON", bad),
            _ => ($"{{\"Id\": \"{id}\"}}", good),
        };
        kind.Add(message);
        return message;
    }

    private static QueueClient Queue(string connection, string name) =>
        new(connection, name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    /// <summary>Hidden messages count: they are being worked on, or come back.</summary>
    private static async Task UntilEmptyAsync(QueueClient queue)
    {
        using CancellationTokenSource patience = new(TestApp.Patience);
        while ((await queue.GetPropertiesAsync(patience.Token)).Value.ApproximateMessagesCount > 0)
            await Task.Delay(50, patience.Token);
    }

    private static async Task<HashSet<string>> ReadAllAsync(QueueClient queue)
    {
        HashSet<string> all = [];
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5))).Value is { Length: > 0 } messages)
        {
            foreach (QueueMessage message in messages)
                all.Add(message.Body.ToString());
        }

        return all;
    }

    private static async Task UntilCompletedAsync(HttpClient api, string id)
    {
        using CancellationTokenSource patience = new(TestApp.Patience);
        while (true)
        {
            using HttpResponseMessage response = await api.GetAsync(new Uri($"/runtime/webhooks/durabletask/instances/{id}", UriKind.Relative));
            JsonElement instance = await JsonSerializer.DeserializeAsync<JsonElement>(await response.Content.ReadAsStreamAsync());
            if (response.StatusCode == HttpStatusCode.OK && instance.GetProperty("runtimeStatus").GetString() == "Completed")
                return;
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            await Task.Delay(20, patience.Token);
        }
    }
}
