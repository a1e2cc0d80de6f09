using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>How fast a cancel is, with nothing else going on. The app and the suite must share a clock.</summary>
[Trait("Category", "Latency")]
public sealed class LatencyTests(AppUnderTest app, ITestOutputHelper output) : EndToEndTests(app)
{
    private const int Cancels = 20;

    /// <summary>Some 50 ms are the aim on an idle machine; CI has a busy one.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    [Fact(DisableParallelization = true)]
    public async Task Cancel_ends_the_step_and_the_run_at_once()
    {
        List<Latency> latencies = [];
        await MeasureAsync();
        while (latencies.Count < Cancels)
            latencies.Add(await MeasureAsync());

        Check("the step's end", latencies.Select(latency => latency.ToStepEnd));
        Check("the run's end", latencies.Select(latency => latency.ToRunEnd));
        Check("an answer that shows the end", latencies.Select(latency => latency.ToAnswer));
    }

    private async Task<Latency> MeasureAsync()
    {
        Run run = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong)));
        // A step counts as running from when it is scheduled; its first progress says that its code runs.
        await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.IsAtWork && now.Progress is not null);
        Task<Run> end = Api.WaitAsync(run);
        DateTimeOffset sent = DateTimeOffset.UtcNow;
        await Api.CancelAsync(run);
        run = await end;
        return new Latency(run.Steps[0].EndedAt!.Value - sent, run.EndedAt!.Value - sent, DateTimeOffset.UtcNow - sent);
    }

    private void Check(string what, IEnumerable<TimeSpan> latencies)
    {
        TimeSpan[] sorted = [.. latencies.Order()];
        TimeSpan median = sorted[sorted.Length / 2];
        output.WriteLine($"From sending a cancel to {what}: median {median.TotalMilliseconds:0.0} ms, most {sorted[^1].TotalMilliseconds:0.0} ms");
        Assert.True(median < Limit, $"From sending a cancel to {what}: {median}, the limit is {Limit}");
    }

    /// <param name="ToStepEnd">Up to a millisecond too short: steps tell whole milliseconds.</param>
    private sealed record Latency(TimeSpan ToStepEnd, TimeSpan ToRunEnd, TimeSpan ToAnswer);
}
