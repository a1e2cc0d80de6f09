using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Tests.Hosting;

public sealed class EngineFailureTests
{
    [Fact]
    public async Task An_app_whose_store_fails_says_so_and_stops()
    {
        FullDisk store = new();
        EmbeddedAppBuilder builder = TestApp.NewBuilder([typeof(Functions)]);
        builder.Services.AddSingleton<IStore>(store);
        await using TestApp app = await TestApp.StartAsync(builder);
        TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        Assert.Equal(HttpStatusCode.Accepted, (await app.ManageAsync("POST", "orchestrators/Nothing")).StatusCode);

        store.IsFull = true;
        HttpResponseMessage refused = await app.ManageAsync("POST", "orchestrators/Nothing");

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        await stopping.Task.WaitAsync(TestApp.Patience);
        Assert.Contains(app.Logs.Entries, entry => entry.Level == LogLevel.Critical && entry.Exception?.Message == "The disk is full.");
    }

    [Fact]
    public async Task A_start_that_comes_when_the_engine_is_down_is_no_conflict()
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Functions));
        await app.Services.GetRequiredService<DurableEngine>().StopAsync(CancellationToken.None);

        Assert.Equal(HttpStatusCode.InternalServerError, (await app.ManageAsync("POST", "orchestrators/Nothing")).StatusCode);
    }

    private sealed class FullDisk : IStore
    {
        private readonly MemoryStore _store = new();

        public bool IsFull { get; set; }

        public void Commit(Commit commit, Action<Exception?> done)
        {
            if (IsFull)
                done(new IOException("The disk is full."));
            else
                _store.Commit(commit, done);
        }

        public InstanceHeader? FindInstance(string instanceId) => _store.FindInstance(instanceId);

        public IReadOnlyList<HistoryEvent> ReadHistory(string instanceId) => _store.ReadHistory(instanceId);

        public EntityRecord? FindEntity(string entityId) => _store.FindEntity(entityId);

        public IReadOnlyList<InstanceHeader> ListInstances(string prefix, string? after, int limit, Func<InstanceHeader, bool> filter) =>
            _store.ListInstances(prefix, after, limit, filter);

        public IReadOnlyList<EntityRecord> ListEntities(string prefix, string? after, int limit, Func<EntityRecord, bool> filter) =>
            _store.ListEntities(prefix, after, limit, filter);

        public Unfinished ReadUnfinished() => _store.ReadUnfinished();
    }

    public static class Functions
    {
        [Function("Nothing")]
        public static Task Nothing([OrchestrationTrigger] TaskOrchestrationContext context) => Task.CompletedTask;
    }
}
