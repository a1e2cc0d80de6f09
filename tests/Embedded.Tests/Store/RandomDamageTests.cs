using System.Globalization;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt.Embedded.Tests.Store;

/// <summary>
/// Random bytes in random places of a store: whatever they are, the engine starts, and what they have not hit completes. PREEMPT_SEEDS says how
/// often.
/// </summary>
public sealed class RandomDamageTests : IDisposable
{
    private const int DefaultSeeds = 150;
    private const int MaxDamages = 5;

    /// <summary>Where texts and ids are, and which row is of which instance.</summary>
    private static readonly (string Table, string Column, string Instance)[] Places =
    [
        ("instance", "id", "number"),
        ("instance", "name", "number"),
        ("instance", "input", "number"),
        ("instance", "origin", "number"),
        ("state", "execution", "instance"),
        ("state", "custom_status", "instance"),
        ("state", "output", "instance"),
        ("state", "failure", "instance"),
        ("history", "events", "instance"),
        ("inbox", "message", "0"),
        ("entity", "id", "0"),
        ("entity", "state", "0"),
    ];

    private readonly DamagedStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task The_engine_starts_and_all_that_is_whole_completes()
    {
        await _store.RunAsync(FillAsync);
        byte[] whole = await File.ReadAllBytesAsync(_store.File, TestContext.Current.CancellationToken);
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("PREEMPT_SEEDS"), CultureInfo.InvariantCulture, out int asked) ? asked : DefaultSeeds;
        for (int seed = 0; seed < seeds; seed++)
        {
            await File.WriteAllBytesAsync(_store.File, whole, TestContext.Current.CancellationToken);
            HashSet<string> hit = [];
            Random random = new(seed);
            for (int damage = random.Next(1, MaxDamages); damage > 0; damage--)
                Damage(random, hit);
            try
            {
                await _store.RunAsync(client => CheckAsync(client, hit));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}, which hits {string.Join(", ", hit)}", exception);
            }
        }
    }

    /// <summary>Instances of which some wait, some have ended, one is suspended with an event that waits, and one is another's parent; an entity, and a signal that waits for it.</summary>
    private static async Task FillAsync(DurableTaskClient client)
    {
        await client.StartAsync("Waits", "wait0", "wait1", "wait2", "wait3", "wait4", "held");
        await client.StartAsync("Returns", "done0", "done1");
        await client.StartAsync("Fails", "failed0", "failed1");
        await client.StartParentAsync("parent", "Waits", "child");
        await client.SuspendAsync("held");
        await client.RaiseEventAsync("held", "go");
        EntityInstanceId entity = new("List", "damaged");
        await client.CallAsync("damaged");
        await client.Entities.SignalEntityAsync(entity, "Add", 1, new SignalEntityOptions { SignalTime = DateTimeOffset.UtcNow.AddDays(1) });
    }

    /// <summary>Overwrites some bytes of one value, and notes whose it is.</summary>
    private void Damage(Random random, HashSet<string> hit)
    {
        (string table, string column, string instance) = Places[random.Next(Places.Length)];
        long count = (long)_store.Read($"SELECT count(*) FROM {table} WHERE length({column}) > 0")!;
        if (count == 0)
            return;
        long row = (long)_store.Read(
            $"SELECT rowid FROM {table} WHERE length({column}) > 0 ORDER BY rowid LIMIT 1 OFFSET {random.NextInt64(count)}")!;
        byte[] value = Convert.FromHexString((string)_store.Read($"SELECT hex({column}) FROM {table} WHERE rowid = {row}")!);
        for (int times = random.Next(1, 6); times > 0; times--)
            value[random.Next(value.Length)] = (byte)random.Next(256);
        hit.Add(table == "inbox" ? "held" : Owner($"SELECT {instance} FROM {table} WHERE rowid = {row}"));
        _store.Damage(table, column, value, string.Create(CultureInfo.InvariantCulture, $"rowid = {row}"));
    }

    private string Owner(string number) =>
        (string?)_store.Read($"SELECT CAST(id AS TEXT) FROM instance WHERE number = ({number})") ?? "the entity";

    private static async Task CheckAsync(DurableTaskClient client, HashSet<string> hit)
    {
        Assert.Equal(13, (await client.ListAsync()).Count);
        Assert.Single(await client.Entities.GetAllEntitiesAsync(new EntityQuery { PageSize = 1 }).Take(100).ToListAsync());
        await client.Entities.GetAllEntitiesAsync<List<int>>(new EntityQuery { PageSize = 1 }).Take(100).ToListAsync();
        foreach (string id in Whole("wait0", "wait1", "wait2", "wait3", "wait4"))
            await client.CompleteAsync(id);
        foreach (string id in Whole("held"))
        {
            await client.ResumeInstanceAsync(id);
            Assert.Equal(OrchestrationRuntimeStatus.Completed, (await client.EndAsync(id)).RuntimeStatus);
        }

        foreach (string id in Whole("done0", "done1"))
            Assert.Equal($"\"input of {id}\"", (await client.EndAsync(id)).SerializedOutput);
        foreach (string id in Whole("failed0", "failed1"))
            Assert.Equal("It failed.", (await client.EndAsync(id)).FailureDetails!.ErrorMessage);
        if (!hit.Overlaps(["parent", "child"]))
        {
            await client.CompleteAsync("child");
            Assert.Equal("\"input of child\"", (await client.EndAsync("parent")).SerializedOutput);
        }

        Assert.Equal("1", (await client.CallAsync("whole")).SerializedOutput);

        IEnumerable<string> Whole(params string[] ids) => ids.Where(id => !hit.Contains(id));
    }
}
