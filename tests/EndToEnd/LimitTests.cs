using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>Limits that are changed at run time.</summary>
public sealed class LimitTests(AppUnderTest app) : EndToEndTests(app)
{
    private sealed record Limit(string Rule, string? Key, int? MaxRuns, bool Pause, string? Reason, string? By, DateTimeOffset At, long Number);

    private sealed record LimitChange(Limit Limit, bool IsReset, long Number, string? Reason);

    private sealed record RuleLimits(string Rule, string? Workflow, IReadOnlyList<Limit> Limits, IReadOnlyList<LimitChange> Changes);

    private LabInput Input(double seconds) => new(Group, new LabStep(seconds));

    private async Task<Limit> SetAsync(object limit) => (await Api.PutAsync("limits", limit)).Read<Limit>(HttpStatusCode.OK);

    private async Task<RuleLimits> ResetAsync(string rule) =>
        (await Api.SendAsync(HttpMethod.Delete, $"limits?rule={rule}&key={Uri.EscapeDataString(Group)}&reason=over")).Read<RuleLimits>(HttpStatusCode.OK);

    private async Task<RuleLimits> ReadAsync(string rule) =>
        Assert.Single((await Api.ReadAsync($"limits?rule={rule}")).Read<Page<RuleLimits>>(HttpStatusCode.OK).Items);

    [Fact]
    public async Task A_maximum_that_rises_lets_those_that_wait_start_and_is_on_record()
    {
        List<Run> runs = await Api.StartManyAsync(4, "lab-queue", Input(Lab.VeryLong));
        await Eventually.GetAsync(() => Api.GateAsync("lab-queue", Group), gate => (gate.Holders.Count, gate.Waiters.Count) == (2, 2));

        Limit limit = await SetAsync(new { rule = "lab-queue", key = Group, maxRuns = 3, reason = "a big customer", by = "ada" });
        Assert.Equal(("lab-queue:0", Group, 3, "a big customer", "ada"), (limit.Rule, limit.Key, limit.MaxRuns, limit.Reason, limit.By));
        await Eventually.GetAsync(() => Api.GateAsync("lab-queue", Group), gate => (gate.Holders.Count, gate.Waiters.Count, gate.MaxRuns) == (3, 1, 3));
        Assert.Contains(await ReadAsync("lab-queue:0") is { } rule ? rule.Limits : [], known => known == limit);

        RuleLimits left = await ResetAsync("lab-queue:0");
        Assert.DoesNotContain(left.Limits, known => known.Key == Group);
        Assert.Equal([(true, "over"), (false, "a big customer")], left.Changes.Where(change => change.Limit.Key == Group).Select(change => (change.IsReset, change.Reason)));
        await Eventually.GetAsync(() => Api.GateAsync("lab-queue", Group), gate => (gate.Holders.Count, gate.MaxRuns) == (3, 2));
        foreach (Run run in runs)
            await Api.CancelAsync(run);
        await Api.WaitAllAsync(runs);
    }

    /// <summary>Before any run has entered the gate: it reads what holds when the first comes.</summary>
    [Fact]
    public async Task A_paused_key_starts_nothing_until_it_is_resumed()
    {
        await SetAsync(new { rule = "lab-queue:0", key = Group, pause = true });
        Run run = await Api.StartAsync("lab-queue", Input(0));
        await Eventually.GetAsync(() => Api.GateAsync("lab-queue", Group), gate => gate.Waiters.Count == 1);
        string text = (await Api.ReadAsync($"runs/{run.Id}/explain")).Read<Explanation>(HttpStatusCode.OK).Text;
        Assert.Contains("is paused", text, StringComparison.Ordinal);
        Assert.Equal("Queued", (await Api.GetAsync(run.Id)).Status);

        await ResetAsync("lab-queue:0");
        Assert.Equal("Succeeded", (await Api.WaitAsync(run)).Status);
    }

    [Fact]
    public async Task A_limit_with_an_end_is_taken_back_by_itself()
    {
        Limit limit = await SetAsync(new { rule = "Lab-Slot", key = Group, pause = true, until = DateTimeOffset.UtcNow.AddSeconds(2) });
        Run run = await Api.StartAsync("lab-shared-runs", Input(0));
        Assert.Equal("Succeeded", (await Api.WaitAsync(run)).Status);
        // On a slow engine the time can be over before the run comes, and the change is written a moment later.
        RuleLimits rule = await Eventually.GetAsync(() => ReadAsync("lab-slot"), rule => rule.Changes.Any(change => change.Limit.Key == Group && change.IsReset));
        LimitChange end = Assert.Single(rule.Changes, change => change.Limit.Key == Group && change.IsReset);
        Assert.Equal((limit.Number, "its time was over"), (end.Limit.Number, end.Reason));
    }

    [Theory]
    [InlineData("""{"rule": "lab-queue:7", "maxRuns": 1}""", HttpStatusCode.NotFound, "There is no rule")]
    [InlineData("""{"rule": "lab-queue", "maxRuns": 0}""", HttpStatusCode.BadRequest, "maxRuns 0: 1 to 1000 is allowed. To let no run start, pause the rule.")]
    [InlineData("""{"rule": "lab-queue", "rate": {"starts": 1, "per": "1m"}}""", HttpStatusCode.BadRequest, "rate: not allowed here, because the rule is not a throttle.")]
    [InlineData("""{"rule": "lab-throttle", "rate": {"starts": 0, "per": "1m"}}""", HttpStatusCode.BadRequest, "rate: starts 0: 1 to 100000 is allowed.")]
    [InlineData("""{"rule": "lab-weights", "weight": 3}""", HttpStatusCode.BadRequest, "weight: not allowed here, because it is for one key; give key.")]
    [InlineData("""{"rule": "lab-debounce", "maxRuns": 3}""", HttpStatusCode.BadRequest, "maxRuns: not allowed here, because the rule is a debounce.")]
    [InlineData("""{"rule": "lab-queue"}""", HttpStatusCode.BadRequest, "one of them at least is expected")]
    [InlineData("""{"rule": "lab-queue", "pause": true, "until": "2020-01-01T00:00:00Z"}""", HttpStatusCode.BadRequest, "until 2020-01-01T00:00:00Z: a time in the future is expected.")]
    [InlineData("""{"rule": null, "pause": true}""", HttpStatusCode.BadRequest, "rule")]
    [InlineData("""{"pause": true}""", HttpStatusCode.BadRequest, "rule")]
    public async Task What_is_not_allowed_is_told(string body, HttpStatusCode status, string detail) =>
        (await Api.PutAsync("limits", body)).ExpectProblem(status, detail);
}
