using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Preempt.Tests.Cancellation;

/// <summary>A table of a test's own, and what stands for the processes that use it.</summary>
internal sealed class FeedLab(string connectionString) : IDisposable
{
    public const string Partition = "stops";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private readonly List<IDisposable> _processes = [];

    public string TableName { get; } = $"T{Guid.NewGuid():N}";

    /// <summary>The table as a stranger sees it.</summary>
    public TableClient Table => new(connectionString, TableName);

    /// <summary>A log of this table, for a process whose clock is off by so much.</summary>
    public StopLog OpenLog(TimeProvider? time = null, HttpPipelinePolicy? policy = null) => new(OpenTable(time, policy));

    /// <summary>This table, as a process with such a clock has it.</summary>
    public FeedTable OpenTable(TimeProvider? time = null, HttpPipelinePolicy? policy = null)
    {
        TableClientOptions options = new();
        if (policy is not null)
            options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("AzureWebJobsStorage", connectionString)])
            .Build();
        return FeedTable.Open(StorageConnection.Read(configuration, null), TableName, time ?? TimeProvider.System, options);
    }

    public ProgressProcess StartProgress(TimeProvider? time = null)
    {
        ProgressProcess process = new(this, time ?? TimeProvider.System);
        _processes.Add(process);
        return process;
    }

    public FeedProcess Start(TimeSpan interval, TimeProvider? time = null)
    {
        FeedProcess process = new(this, interval, time ?? TimeProvider.System);
        _processes.Add(process);
        return process;
    }

    /// <summary>Writes a row as a process would have written it at some time.</summary>
    public Task AddAsync(TimeSpan age, string runId) => AddRowAsync(age, $$"""{"runId":"{{runId}}","reason":"Requested"}""");

    public Task AddRowAsync(TimeSpan age, string notice) =>
        Table.AddEntityAsync(new TableEntity(Partition, KeyOf(age)) { ["Notice"] = notice });

    public void Dispose() => _processes.ForEach(process => process.Dispose());

    /// <summary>Waits for what must come about, however busy the machine is.</summary>
    public static Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string expected = "") =>
        UntilAsync(() => Task.FromResult(condition()), expected);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)" />
    public static async Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string expected = "")
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"Not within {Limit}: {expected}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    private static string KeyOf(TimeSpan age) =>
        $"{(DateTimeOffset.UtcNow - age).UtcTicks.ToString("D19", CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}";
}

/// <summary>What one process of an app has: its steps, and its feed.</summary>
internal sealed class FeedProcess : IDisposable
{
    private readonly RequestCount _requests = new();

    public FeedProcess(FeedLab lab, TimeSpan interval, TimeProvider time)
    {
        Steps = new ActiveSteps(NullLogger<ActiveSteps>.Instance);
        Feed = new TableCancellationFeed(Steps, lab.OpenLog(time, _requests), interval, time, Log);
    }

    public ActiveSteps Steps { get; }

    public TableCancellationFeed Feed { get; }

    public FeedLogger<TableCancellationFeed> Log { get; } = new();

    /// <summary>How often it has read the log.</summary>
    public int Reads => _requests.Reads;

    public ActiveStep Begin(string runId) => Steps.Enter(new StepCall { RunId = runId, Number = 1, Name = "step" }, default);

    public void Dispose() => Feed.Dispose();

    private sealed class RequestCount : HttpPipelineSynchronousPolicy
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Get)
                Interlocked.Increment(ref _reads);
        }
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class FeedLogger<T> : ILogger<T>
{
    public ConcurrentQueue<(LogLevel Level, string Message)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel > LogLevel.Debug;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception)));
}

/// <summary>A clock that is off by so much, and can be put forward.</summary>
internal sealed class ShiftedClock(TimeSpan shift) : TimeProvider
{
    public TimeSpan Shift { get; set; } = shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Shift.TotalSeconds * TimestampFrequency);
}
