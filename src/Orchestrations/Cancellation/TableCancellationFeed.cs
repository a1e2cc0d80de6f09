using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// The feed of an app that runs in several processes. Each reads the log of notices while it runs steps, at most once per interval,
/// and not at all while it runs none.
/// </summary>
internal sealed partial class TableCancellationFeed : ICancellationFeed, IDisposable
{
    private static readonly TimeSpan CleanUpInterval = TimeSpan.FromMinutes(5);

    private readonly ActiveSteps _steps;
    private readonly StopLog _log;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger<TableCancellationFeed> _logger;
    private readonly CleanUpPace _cleanUps;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _ended;
    private readonly Lock _lock = new();
    private bool _isReading;
    private int _failedReads;
    private int _isWriteFailing;
    private long? _lastRead;

    public TableCancellationFeed(
        ActiveSteps steps, StopLog log, TimeSpan interval, TimeProvider time, ILogger<TableCancellationFeed> logger)
    {
        _steps = steps;
        _log = log;
        _interval = interval;
        _time = time;
        _logger = logger;
        _ended = _end.Token;
        _cleanUps = new CleanUpPace(CleanUpInterval, time);
        steps.Began += Wake;
    }

    /// <inheritdoc />
    public async Task PublishAsync(StopNotice notice, CancellationToken cancellationToken = default)
    {
        _steps.Apply(notice);
        try
        {
            await _log.WriteAsync(notice, cancellationToken);
            if (Interlocked.Exchange(ref _isWriteFailing, 0) == 1)
                LogWritesAgain();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (Interlocked.Exchange(ref _isWriteFailing, 1) == 0)
                LogWriteFailed(exception, notice.RunId);
            throw;
        }
    }

    public void Dispose()
    {
        _steps.Began -= Wake;
        _end.Cancel();
        _end.Dispose();
    }

    /// <summary>The first step has begun.</summary>
    private void Wake()
    {
        lock (_lock)
        {
            if (_isReading || _ended.IsCancellationRequested)
                return;
            _isReading = true;
        }

        // Not in the step's own context: it outlives the step.
        ThreadPool.UnsafeQueueUserWorkItem(static feed => _ = feed.ReadWhileStepsRunAsync(), this, preferLocal: false);
    }

    private async Task ReadWhileStepsRunAsync()
    {
        try
        {
            while (true)
            {
                if (_lastRead is { } last && FeedPace.PauseAfter(_interval, _failedReads) - _time.GetElapsedTime(last) is { Ticks: > 0 } pause)
                    await Task.Delay(pause, _time, _ended);
                if (TryRest())
                    return;
                _lastRead = _time.GetTimestamp();
                await ReadAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The app ends.
        }
    }

    /// <summary>Stops reading when no step runs; the next that begins wakes the reader.</summary>
    private bool TryRest()
    {
        lock (_lock)
        {
            _isReading = !_steps.IsIdle;
            return !_isReading;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            foreach (StopNotice notice in await _log.ReadNewAsync(_ended))
                _steps.Apply(notice);
            if (_failedReads > 0)
                LogReadsAgain(_failedReads);
            _failedReads = 0;
            if (_cleanUps.IsDue())
                _ = CleanUpAsync();
        }
#pragma warning disable CA1031 // Whatever goes wrong, the reader goes on: steps depend on it.
        catch (Exception exception) when (!_ended.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (_failedReads++ == 0)
                LogReadFailed(exception);
        }
    }

    /// <summary>Beside the reading, which it must not hold up.</summary>
    private async Task CleanUpAsync()
    {
        try
        {
            await _log.RemoveOldAsync(_ended);
        }
#pragma warning disable CA1031 // Whatever goes wrong, there is a next time.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Another process is at it, most likely.
            LogNotCleaned(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stop notices cannot be read; steps in this process get only stops from this process")]
    private partial void LogReadFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stop notices are read again, after {Failures} failures")]
    private partial void LogReadsAgain(int failures);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stop notice of {Run} cannot be written; other processes do not get it now")]
    private partial void LogWriteFailed(Exception exception, string run);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Old stop notices could not be removed this time")]
    private partial void LogNotCleaned(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stop notices are written again")]
    private partial void LogWritesAgain();
}
