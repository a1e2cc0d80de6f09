using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests;

/// <summary>What the types of the programming model do by themselves.</summary>
public class ModelTests
{
    [Fact]
    public void Names_ignore_case_and_are_text()
    {
        TaskName name = "Think";

        Assert.True(name == "THINK");
        Assert.Equal(name.GetHashCode(), new TaskName("think").GetHashCode());
        Assert.Equal("Think", (string)name);
        Assert.Equal("", default(TaskName).Name);
        Assert.True(new TaskVersion("V1") == "v1");
        Assert.Equal("", TaskVersion.Unversioned.Version);
    }

    [Theory]
    [InlineData("@counter@k", "counter", "k")]
    [InlineData("@counter@", "counter", "")]
    [InlineData("@a@b@c", "a", "b@c")]
    public void Entity_ids_are_read_and_written(string text, string name, string key)
    {
        EntityInstanceId id = EntityInstanceId.FromString(text);

        Assert.Equal((name, key, text), (id.Name, id.Key, id.ToString()));
        Assert.Equal(id, new EntityInstanceId(name.ToUpperInvariant(), key));
        Assert.Equal(id, JsonSerializer.Deserialize<EntityInstanceId>(JsonSerializer.Serialize(id)));
    }

    [Theory]
    [InlineData("counter@k")]
    [InlineData("@@k")]
    [InlineData("@counter")]
    public void What_is_no_entity_id_is_refused(string text) =>
        Assert.Throws<ArgumentException>(() => EntityInstanceId.FromString(text));

    [Fact]
    public void Retry_policies_check_their_values()
    {
        RetryPolicy policy = new(3, TimeSpan.FromSeconds(1)) { HandleFailure = failure => failure.IsCausedBy<TimeoutException>() };

        Assert.Equal((1d, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan), (policy.BackoffCoefficient, policy.MaxRetryInterval, policy.RetryTimeout));
        Assert.True(policy.Handle(new TimeoutException()));
        Assert.False(policy.Handle(new TaskFailedException("t", 1, new FormatException())));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(0, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(1), 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(2), 1, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(2), 1, null, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Failure_details_keep_the_chain_and_know_base_types()
    {
        Exception exception = new InvalidOperationException("outer", new HttpRequestException("inner"));

        TaskFailureDetails details = TaskFailureDetails.FromException(exception);

        Assert.Equal(("System.InvalidOperationException", "outer"), (details.ErrorType, details.ErrorMessage));
        Assert.Equal("inner", details.InnerFailure?.ErrorMessage);
        Assert.True(details.IsCausedBy<InvalidOperationException>());
        Assert.True(details.IsCausedBy<Exception>());
        Assert.False(details.IsCausedBy<HttpRequestException>());
        Assert.False((details with { ErrorType = "No.Such.Type" }).IsCausedBy<Exception>());
        Assert.Throws<ArgumentException>(() => details.IsCausedBy(typeof(string)));
        TaskFailedException failed = new("t", 1, details);
        Assert.Equal(details, TaskFailureDetails.FromException(failed).InnerFailure);
    }

    [Fact]
    public void Options_are_copied_whole()
    {
        SubOrchestrationOptions options = new TaskOptions(new RetryPolicy(2, TimeSpan.FromSeconds(1))) { Version = "2" }.WithInstanceId("child");
        StartOrchestrationOptions start = new("id") { Tags = new Dictionary<string, string> { ["a"] = "b" }, Version = "3" };

        Assert.Equal(("child", "2", 2), (options.InstanceId, options.Version?.Version, options.Retry?.Policy?.MaxNumberOfAttempts));
        Assert.Equal("4", (((TaskOptions)(options with { Version = "4" })).Version)?.Version);
        Assert.Equal("other", new SubOrchestrationOptions((TaskOptions)options, "other").InstanceId);
        Assert.Equal(
            ["Running", "Completed"],
            start.WithDedupeStatuses(OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Completed).DedupeStatuses!);
        Assert.Equal(start with { DedupeStatuses = null }, start);
    }

    [Fact]
    public void Json_is_that_of_the_worker()
    {
        string json = JsonDataConverter.Default.Serialize(new { Name = "x", Day = DayOfWeek.Friday, Span = TimeSpan.FromMinutes(1) })!;

        Assert.Equal("""{"Name":"x","Day":5,"Span":"00:01:00"}""", json);
        Assert.Null(JsonDataConverter.Default.Serialize(null));
        Assert.Equal(0, JsonDataConverter.Default.Deserialize<int>(null));
    }

    [Fact]
    public void Metadata_without_inputs_and_outputs_says_so()
    {
        OrchestrationMetadata with = new("n", "i") { DataConverter = JsonDataConverter.Default, SerializedOutput = "3" };

        Assert.Equal(3, with.ReadOutputAs<int>());
        Assert.Null(with.ReadInputAs<string>());
        Assert.Throws<InvalidOperationException>(() => new OrchestrationMetadata("n", "i") { SerializedOutput = "3" }.ReadOutputAs<int>());
        Assert.Throws<InvalidOperationException>(() => new EntityMetadata(new("n", "k")).State);
    }

    [Fact]
    public void Entity_metadata_can_be_written()
    {
        EntityMetadata metadata = new(new("n", "k"), new SerializedData("""{"Value":3}""")) { BacklogQueueSize = 2 };

        string json = JsonSerializer.Serialize(metadata);
        EntityMetadata read = JsonSerializer.Deserialize<EntityMetadata>(json)!;

        Assert.Equal("""{"Value":3}""", read.State.Value);
        Assert.Equal((2, "@n@k"), (read.BacklogQueueSize, read.Id.ToString()));
        Assert.False(JsonSerializer.Deserialize<EntityMetadata<int?>>(JsonSerializer.Serialize(new EntityMetadata<int?>(new("n", "k"))))!.IncludesState);
    }

    [Theory]
    [InlineData("Counter", "@counter")]
    [InlineData("@Counter@Key", "@counter@Key")]
    public void Entity_queries_take_a_prefix_without_its_at_sign(string prefix, string expected) =>
        Assert.Equal(expected, new EntityQuery { InstanceIdStartsWith = prefix }.InstanceIdStartsWith);

    [Fact]
    public async Task Pages_are_fetched_until_there_is_no_token()
    {
        AsyncPageable<int> pages = Pageable.Create((token, _) =>
            Task.FromResult(token is null ? new Page<int>([1, 2], "more") : new Page<int>([3])));

        List<int> values = [];
        await foreach (int value in pages) values.Add(value);

        Assert.Equal([1, 2, 3], values);
    }

    [Fact]
    public async Task Waiting_for_an_event_ends_with_the_event_or_the_timeout()
    {
        Context early = new();
        Task<string> received = early.WaitForExternalEvent<string>("e", TimeSpan.FromMinutes(1));
        early.Event.SetResult("payload");
        Assert.Equal("payload", await received);
        Assert.True(early.TimerToken.IsCancellationRequested);

        Context late = new();
        Task<string> missed = late.WaitForExternalEvent<string>("e", TimeSpan.FromMinutes(1));
        late.Timer.SetResult();
        await Assert.ThrowsAsync<TaskCanceledException>(() => missed);
        Assert.Equal(late.CurrentUtcDateTime.AddMinutes(1), late.TimerDue);

        using CancellationTokenSource stop = new();
        Task<string> stopped = new Context().WaitForExternalEvent<string>("e", TimeSpan.FromMinutes(1), stop.Token);
        stop.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => stopped);
    }

    [Fact]
    public void Replay_safe_loggers_are_silent_in_a_replay()
    {
        Context context = new();
        ILogger[] loggers =
        [
            context.CreateReplaySafeLogger("c"), context.CreateReplaySafeLogger<ModelTests>(), context.CreateReplaySafeLogger(GetType()),
            context.ReplaySafeLoggerFactory.CreateLogger("d"),
        ];

        foreach (bool replaying in new[] { true, false })
        {
            context.Replaying = replaying;
            foreach (ILogger logger in loggers) logger.LogInformation("said");
        }

        Assert.Equal(loggers.Length, context.Logs.Entries.Count);
    }

    [Theory]
    [InlineData("1.10", "1.9", 1)]
    [InlineData("1.0", "1.0", 0)]
    [InlineData("", "1.0", -1)]
    [InlineData("beta", "ALPHA", 1)]
    public void Versions_are_compared_as_numbers_where_they_are(string own, string other, int expected) =>
        Assert.Equal(expected, Math.Sign(new Context { OwnVersion = own }.CompareVersionTo(other)));

    private sealed class Context : TaskOrchestrationContext
    {
        public TaskCompletionSource<object> Event { get; } = new();

        public TaskCompletionSource Timer { get; } = new();

        public CancellationToken TimerToken { get; private set; }

        public DateTime TimerDue { get; private set; }

        public bool Replaying { get; set; }

        public string OwnVersion { get; init; } = "";

        public RecordedLogs Logs { get; } = new();

        public override TaskName Name => "name";

        public override string InstanceId => "id";

        public override ParentOrchestrationInstance? Parent => null;

        public override DateTime CurrentUtcDateTime { get; } = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

        public override bool IsReplaying => Replaying;

        public override string Version => OwnVersion;

        protected override ILoggerFactory LoggerFactory => new LoggerFactory([Logs]);

        public override T? GetInput<T>()
            where T : default => default;

        public override Guid NewGuid() => default;

        public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

        public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
            throw new NotSupportedException();

        public override Task<TResult> CallSubOrchestratorAsync<TResult>(
            TaskName orchestratorName, object? input = null, TaskOptions? options = null) => throw new NotSupportedException();

        public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
            (T)await Event.Task.WaitAsync(cancellationToken);

        public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
        {
            (TimerDue, TimerToken) = (fireAt, cancellationToken);
            return Timer.Task.WaitAsync(cancellationToken);
        }

        public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

        public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
            throw new NotSupportedException();
    }
}
