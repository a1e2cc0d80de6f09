namespace Preempt.Functions.Workflows;

/// <summary>An order for a report.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Month">The month, such as "2026-11".</param>
/// <param name="Pages">How many pages it has, 1 to 1000.</param>
public sealed record ReportOrder(string Tenant, string Month, int Pages = 20);

/// <summary>A page of a report.</summary>
/// <param name="Order">The report.</param>
/// <param name="Number">The page, from 1.</param>
public sealed record ReportPage(ReportOrder Order, int Number);

/// <summary>
/// Builds reports: two at a time for each tenant, and the others wait. At most a hundred wait; one more is rejected at once, which is
/// better than a queue in which everybody waits too long.
/// </summary>
public sealed class ReportBuild : Workflow<ReportOrder, string>
{
    private const int MaxPages = 1000;

    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.tenant}", maxRuns: 2, ConcurrencyStrategy.Queue, maxQueued: 100)
        .ScheduleTimeout("1 hour")
        .Timeout("30 minutes")
        .Example(new ReportOrder("north", "2026-11"));

    /// <inheritdoc />
    protected override string? Validate(ReportOrder input) => input.Pages is >= 1 and <= MaxPages
        ? null
        : $"pages {input.Pages}: 1 to {MaxPages} is allowed.";

    /// <inheritdoc />
    public override async Task<string> RunAsync(RunContext run, ReportOrder input)
    {
        StepOptions options = new() { Timeout = "1 minute", Retry = new RetryPolicy { MaxAttempts = 3, FirstDelay = "2s" } };
        List<string> pages = [];
        for (int number = 1; number <= input.Pages; number++)
            pages.Add(await run.CallStepAsync<DrawPage, string>(new ReportPage(input, number), options));
        return $"{input.Tenant} {input.Month}: {pages.Count} pages";
    }
}

/// <summary>Draws one page.</summary>
public sealed class DrawPage : Step<ReportPage, string>
{
    private static readonly TimeSpan WorkOfAPage = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc />
    public override async Task<string> RunAsync(StepContext step, ReportPage input)
    {
        await step.ReportProgressAsync((double)input.Number / input.Order.Pages, $"page {input.Number} of {input.Order.Pages}");
        await Task.Delay(WorkOfAPage, step.Time, step.CancellationToken);
        return $"page {input.Number}";
    }
}
