using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// Writes what the steps of this process say of how far they are to the <see cref="ProgressTable"/>: at once after a pause, and then about
/// once per second at most, however many steps say so and how often.
/// </summary>
internal sealed partial class ProgressWriter : BackgroundService
{
    /// <summary>Changes that wait to be written; while storage does not answer, those beyond are passed over.</summary>
    private const int MaxChanged = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CleanUpInterval = TimeSpan.FromHours(1);

    private readonly ActiveSteps _steps;
    private readonly ProgressTable _table;
    private readonly TimeProvider _time;
    private readonly ILogger<ProgressWriter> _logger;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CleanUpPace _cleanUps;
    private readonly Lock _lock = new();
    private readonly HashSet<ActiveStep> _written = [];
    private HashSet<ActiveStep> _changed = [];
    private int _failures;

    public ProgressWriter(ActiveSteps steps, ProgressTable table, TimeProvider time, ILogger<ProgressWriter> logger)
    {
        _steps = steps;
        _table = table;
        _time = time;
        _logger = logger;
        _cleanUps = new CleanUpPace(CleanUpInterval, time);
        steps.ProgressChanged += Note;
    }

    public override void Dispose()
    {
        _steps.ProgressChanged -= Note;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (bool _ in _signal.Reader.ReadAllAsync(stoppingToken))
        {
            await WriteAsync(stoppingToken);
            await CleanUpAsync(stoppingToken);
            await Task.Delay(FeedPace.PauseAfter(Interval, _failures), _time, stoppingToken);
        }
    }

    private void Note(ActiveStep step)
    {
        lock (_lock)
        {
            if (_changed.Count < MaxChanged)
                _changed.Add(step);
        }

        _signal.Writer.TryWrite(true);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (ActiveStep[] steps in TakeChanged().Chunk(FeedTable.MaxRowsPerTransaction))
        {
            ActiveStep[] reported = [.. steps.Where(step => !step.HasEnded)];
            ActiveStep[] ended = [.. steps.Where(step => step.HasEnded && _written.Contains(step))];
            try
            {
                // What is not known to have been written may have been.
                _written.UnionWith(reported);
                if (reported.Length + ended.Length > 0)
                    await _table.WriteAsync(reported, ended, cancellationToken);
                _written.ExceptWith(ended);
                if (_failures > 0)
                    LogWritesAgain(_failures);
                _failures = 0;
            }
#pragma warning disable CA1031 // Whatever goes wrong, the steps go on, and there is a next time.
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (_failures++ == 0)
                    LogWriteFailed(exception);
                foreach (ActiveStep step in reported.Concat(ended))
                    Note(step);
            }
        }
    }

    private HashSet<ActiveStep> TakeChanged()
    {
        lock (_lock)
        {
            HashSet<ActiveStep> changed = _changed;
            _changed = [];
            return changed;
        }
    }

    private async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        if (_failures > 0 || !_cleanUps.IsDue())
            return;
        try
        {
            await _table.RemoveOldAsync(cancellationToken);
        }
#pragma warning disable CA1031 // Whatever goes wrong, there is a next time.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // Another process is at it, most likely.
            LogNotCleaned(exception);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The progress of steps cannot be written. Other processes of the app see it late, or not at all; it is tried again")]
    private partial void LogWriteFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The progress of steps is written again, after {Failures} failures")]
    private partial void LogWritesAgain(int failures);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The progress of steps that have ended was not removed")]
    private partial void LogNotCleaned(Exception exception);
}
