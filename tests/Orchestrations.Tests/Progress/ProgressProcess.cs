using Microsoft.Extensions.Logging.Abstractions;

namespace Preempt.Tests.Cancellation;

/// <summary>What one process of an app has: its steps, and what it hears and says of progress.</summary>
internal sealed class ProgressProcess : IDisposable
{
    private readonly ProgressWriter _writer;
    private readonly ProgressReader _reader;

    public ProgressProcess(FeedLab lab, TimeProvider time)
    {
        ProgressTable table = new(lab.OpenTable(time));
        _writer = new ProgressWriter(Steps, table, time, Log);
        _reader = new ProgressReader(Steps, time, NullLogger<ProgressReader>.Instance, table);
        _ = _writer.StartAsync(TestContext.Current.CancellationToken);
    }

    public ActiveSteps Steps { get; } = new(NullLogger<ActiveSteps>.Instance);

    public FeedLogger<ProgressWriter> Log { get; } = new();

    public ActiveStep Begin(string runId, int number = 1, int attempt = 1, double? fraction = null, string? message = null)
    {
        ActiveStep step = Steps.Enter(new StepCall { RunId = runId, Number = number, Attempt = attempt, Name = "step" }, default);
        if (fraction is { } said)
            step.Report(new RunProgress(said, message));
        return step;
    }

    /// <summary>Reads a run as a caller sees it through this process.</summary>
    public async Task<RunProgress?> ReadAsync(Run run) => (await _reader.FillAsync(run, TestContext.Current.CancellationToken)).Progress;

    public async Task<RunProgress?[]> ReadAllAsync(params IReadOnlyList<Run> runs) =>
        [.. (await _reader.FillAsync(runs, TestContext.Current.CancellationToken)).Select(run => run.Progress)];

    public void Dispose()
    {
        _writer.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        _writer.Dispose();
    }
}
