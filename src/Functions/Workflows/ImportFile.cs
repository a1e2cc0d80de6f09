namespace Preempt.Functions.Workflows;

/// <summary>A file that was uploaded.</summary>
/// <param name="File">Its name.</param>
/// <param name="Rows">How many rows it has, up to 1,000,000.</param>
public sealed record UploadedFile(string File, int Rows = 1000);

/// <summary>
/// Imports a file when the event <c>file-uploaded</c> is published. While one import of a file runs, another of the same file is
/// cancelled at once, because it would do the same work.
/// </summary>
public sealed class ImportFile : Workflow<UploadedFile, int>
{
    private const int MaxRows = 1_000_000;

    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.file}", maxRuns: 1, ConcurrencyStrategy.CancelNewest)
        .StartOn("file-uploaded")
        .Timeout("1 hour")
        .Example(new UploadedFile("customers.csv", Rows: 20_000));

    /// <inheritdoc />
    protected override string? Validate(UploadedFile input) => input.Rows is >= 0 and <= MaxRows
        ? null
        : $"rows {input.Rows}: 0 to {MaxRows} is allowed.";

    /// <inheritdoc />
    public override Task<int> RunAsync(RunContext run, UploadedFile input) => run.CallStepAsync<LoadRows, int>(input);
}

/// <summary>Loads the rows of a file, a thousand at a time.</summary>
public sealed class LoadRows : Step<UploadedFile, int>
{
    private const int RowsOfABatch = 1000;
    private static readonly TimeSpan WorkOfABatch = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc />
    public override async Task<int> RunAsync(StepContext step, UploadedFile input)
    {
        int loaded = 0;
        while (loaded < input.Rows)
        {
            await Task.Delay(WorkOfABatch, step.Time, step.CancellationToken);
            loaded = Math.Min(loaded + RowsOfABatch, input.Rows);
            // What a table would be guarded with: a write with a smaller fencing token than the last one comes from a run that was stopped.
            await step.ReportProgressAsync((double)loaded / input.Rows, $"{loaded} rows, fencing token {step.FencingToken}");
        }

        return loaded;
    }
}
