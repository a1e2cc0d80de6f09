using System.Net;
using System.Text.Json;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests.Store;

/// <summary>A store with payloads that are no JSON any more: the management API shows them as strings, and all others as they are.</summary>
public sealed class DamagedPayloadTests : IDisposable
{
    private readonly DamagedStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Lists_and_single_instances_and_entities_are_shown()
    {
        await _store.RunAsync(static async client =>
        {
            await client.StartAsync("Returns", "damaged", "whole");
            await client.CallAsync("damaged");
        });
        _store.DamageInstance("damaged", "input", "{");
        _store.DamageInstance("damaged", "output", "[1");
        _store.DamageInstance("damaged", "custom_status", "");
        _store.Damage("entity", "state", "[1", "1");
        await using TestApp app = await TestApp.StartAsync(TestApp.NewBuilder([], "--Preempt:Store", _store.Path));

        JsonElement list = await ReadAsync(app, "instances?instanceIdPrefix=");
        JsonElement damaged = Assert.Single(list.EnumerateArray(), static shown => shown.GetProperty("instanceId").GetString() == "damaged");
        Assert.Equal(("{", "", "[1"), (Text(damaged, "input"), Text(damaged, "customStatus"), Text(damaged, "output")));
        Assert.Equal("input of whole", Text(Assert.Single(list.EnumerateArray(), static shown => shown.GetProperty("instanceId").GetString() == "whole"), "output"));
        JsonElement history = (await ReadAsync(app, "instances/damaged?showHistory=true&showHistoryOutput=true")).GetProperty("historyEvents");
        Assert.Equal("[1", Text(history.EnumerateArray().Last(), "Result"));
        Assert.Equal("[1", Text(Assert.Single((await ReadAsync(app, "entities?fetchState=true")).EnumerateArray()), "state"));
    }

    private static async Task<JsonElement> ReadAsync(TestApp app, string path)
    {
        using HttpResponseMessage answer = await app.ManageAsync("GET", path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private static string? Text(JsonElement shown, string name) => shown.GetProperty(name).GetString();
}
