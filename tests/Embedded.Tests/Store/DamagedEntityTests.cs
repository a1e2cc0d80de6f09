using System.Text;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;

namespace Preempt.Embedded.Tests.Store;

/// <summary>A store in which an entity is no entity any more: calls of it fail, the store keeps what it has, and the others go on.</summary>
public sealed class DamagedEntityTests : IDisposable
{
    private const string DamagedId = "CAST(id AS TEXT) = '@list@damaged'";

    private readonly DamagedStore _store = new();

    public static TheoryData<object> States => ["", "{", "{}", "[\"x\"]", "[1", DamagedStore.NoText, new byte[] { (byte)'[', 0xFF }];

    /// <summary>Latin-1: a character is a byte.</summary>
    public static TheoryData<string> Ids => ["", "\"\u00ed\u00ff\"", "\u00ff", "list@damaged", "@@damaged", "@list"];

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(States))]
    public async Task A_damaged_state_fails_each_call_and_stays_in_the_store(object damage)
    {
        await AddAsync();
        _store.Damage("entity", "state", damage, DamagedId);
        object? left = _store.Read($"SELECT hex(state) FROM entity WHERE {DamagedId}");
        await _store.RunAsync(static async client =>
        {
            for (int call = 0; call < 2; call++)
            {
                OrchestrationMetadata refused = await client.CallAsync("damaged");
                Assert.Equal(OrchestrationRuntimeStatus.Failed, refused.RuntimeStatus);
            }

            Assert.Equal("2", (await client.CallAsync("whole")).SerializedOutput);
            Assert.Equal(["damaged", "whole"], (await ListAsync(client)).Select(static entity => entity.Id.Key));
            Assert.Equal("whole", Assert.Single(await client.Entities.GetAllEntitiesAsync<List<int>>(new EntityQuery { PageSize = 1 }).ToListAsync()).Id.Key);
        });
        Assert.Equal(left, _store.Read($"SELECT hex(state) FROM entity WHERE {DamagedId}"));
    }

    [Fact]
    public async Task A_state_that_is_no_text_is_told_to_the_caller()
    {
        await AddAsync();
        _store.Damage("entity", "state", DamagedStore.NoText, DamagedId);
        await _store.RunAsync(static async client => Assert.Contains(
            "The state of the entity '@list@damaged' in the store cannot be read: it is not UTF-8",
            (await client.CallAsync("damaged")).FailureDetails!.ToString(),
            StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task An_entity_goes_on_without_the_time_of_its_last_change(long damage)
    {
        await AddAsync();
        _store.Damage("entity", "updated_at", damage, DamagedId);
        await _store.RunAsync(static async client =>
        {
            Assert.Equal(["damaged", "whole"], (await ListAsync(client)).Select(static entity => entity.Id.Key));
            Assert.Equal("2", (await client.CallAsync("damaged")).SerializedOutput);
        });
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task An_entity_whose_id_is_damaged_is_listed_as_such(string damage)
    {
        await AddAsync();
        _store.Damage("entity", "id", Encoding.Latin1.GetBytes(damage), DamagedId);
        await _store.RunAsync(static async client =>
        {
            Assert.Equal(["damaged", "list"], (await ListAsync(client)).Select(static entity => entity.Id.Name).Order());
            Assert.Equal("2", (await client.CallAsync("whole")).SerializedOutput);
            Assert.Equal("1", (await client.CallAsync("damaged")).SerializedOutput);
        });
    }

    private Task AddAsync() => _store.RunAsync(static async client =>
    {
        Assert.Equal("1", (await client.CallAsync("damaged")).SerializedOutput);
        Assert.Equal("1", (await client.CallAsync("whole")).SerializedOutput);
    });

    private static Task<List<EntityMetadata>> ListAsync(DurableTaskClient client) =>
        client.Entities.GetAllEntitiesAsync(new EntityQuery { PageSize = 1 }).Take(100).ToListAsync().AsTask();
}
