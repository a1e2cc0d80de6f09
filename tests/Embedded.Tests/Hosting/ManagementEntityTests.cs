using System.Net;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Entities;

namespace Preempt.Embedded.Tests.Hosting;

public sealed class ManagementEntityTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartAsync(typeof(Counters));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_signal_changes_the_state()
    {
        Assert.Equal(HttpStatusCode.Accepted, (await _app.ManageAsync("POST", "entities/Counter/steps?op=Add", "5")).StatusCode);

        Assert.Equal("5", await StateAsync("entities/counter/steps"));
    }

    [Theory]
    [InlineData("entities/Nothing/steps?op=Add", "5", "application/json", HttpStatusCode.NotFound)]
    [InlineData("entities/Counter/steps?op=Add", "five", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("entities/Counter/steps?op=Add", "5", "text/plain", HttpStatusCode.BadRequest)]
    [InlineData("entities/Counter/steps?op=Touch", "", "", HttpStatusCode.Accepted)]
    public async Task A_signal_that_nobody_could_read_is_refused(string path, string body, string contentType, HttpStatusCode expected) =>
        Assert.Equal(expected, (await _app.ManageAsync("POST", path, body, contentType)).StatusCode);

    [Fact]
    public async Task An_entity_without_a_state_is_not_found() =>
        Assert.Equal(HttpStatusCode.NotFound, (await _app.ManageAsync("GET", "entities/counter/nobody")).StatusCode);

    [Fact]
    public async Task A_list_is_filtered_and_paged()
    {
        foreach (string path in (string[])["Counter/cats", "Counter/dogs", "Counter/mice", "Other/radio"])
        {
            await _app.ManageAsync("POST", $"entities/{path}?op=Add", "7");
            await StateAsync($"entities/{path}");
        }

        HttpResponseMessage first = await _app.ManageAsync("GET", "entities/COUNTER?top=2&fetchState=true");
        string token = Assert.Single(first.Headers.GetValues("x-ms-continuation-token"));
        HttpResponseMessage second = await _app.ManageAsync("GET", "entities/counter?top=2", continuation: token);

        Assert.Equal(["counter cats", "counter dogs"], await IdsAsync(first));
        Assert.Equal(["counter mice"], await IdsAsync(second));
        JsonElement cats = JsonElement.Parse(await first.Content.ReadAsStringAsync())[0];
        Assert.Equal(7, cats.GetProperty("state").GetInt32());
        Assert.True(cats.GetProperty("lastOperationTime").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        Assert.False(JsonElement.Parse(await second.Content.ReadAsStringAsync())[0].TryGetProperty("state", out _));
        Assert.Equal(4, (await IdsAsync(await _app.ManageAsync("GET", "entities"))).Length);
        Assert.Empty(await IdsAsync(await _app.ManageAsync("GET", "entities?lastOperationTimeTo=2000-01-01T00:00:00Z")));
    }

    private async Task<string> StateAsync(string path)
    {
        using CancellationTokenSource patience = new(TestApp.Patience);
        while (true)
        {
            HttpResponseMessage response = await _app.ManageAsync("GET", path);
            if (response.StatusCode == HttpStatusCode.OK) return await response.Content.ReadAsStringAsync();
            await Task.Delay(10, patience.Token);
        }
    }

    private static async Task<string[]> IdsAsync(HttpResponseMessage list) =>
    [
        .. JsonElement.Parse(await list.Content.ReadAsStringAsync()).EnumerateArray()
            .Select(entity => entity.GetProperty("entityId"))
            .Select(id => $"{id.GetProperty("name")} {id.GetProperty("key")}"),
    ];

    public class Counter : TaskEntity<int>
    {
        public void Add(int amount) => State += amount;

        public void Touch()
        {
        }
    }

    public class Counters
    {
        [Function(nameof(Counter))]
        public Task Count([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Counter>();

        [Function("Other")]
        public Task Other([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Counter>();
    }
}
