using System.Globalization;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.Tests.Shared;

namespace Preempt.EndToEnd;

/// <summary>Steps hold every activity slot of the app, and more wait for one: what stops work does not wait with them.</summary>
public sealed class FullSlotsTests : IAsyncLifetime
{
    private const int Slots = 4;

    private ClusterHost _host = null!;
    private Azurite _storage = null!;

    private PreemptApi Api => _host.Api;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "The app at PREEMPT_BASE_URL has as many slots as it has.");
        _storage = await Azurite.StartAsync();
        _host = await ClusterHost.StartAsync(_storage, new()
        {
            ["AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions"] = Slots.ToString(CultureInfo.InvariantCulture),
            ["Preempt__Events"] = "true",
            ["Preempt__Grace"] = Lab.LongGrace,
        });
    }

    [Fact]
    public async Task Supersede_timeout_end_by_force_and_bulk_cancel_do_not_wait_for_a_slot()
    {
        LabStep work = new(Lab.VeryLong);
        // It must have its slot before its time is over: a step that has none waits for one, and cannot be told.
        Run timedOut = await Api.StartAsync(Lab.Plain, new LabInput("timeout", work) { Timeout = "1m" });
        await Eventually.GetAsync(() => Api.GetAsync(timedOut.Id), now => now.Progress is not null);
        Run superseded = await Api.StartAsync(Lab.CancelInProgress, new LabInput("newest", work));
        Run forced = await Api.StartAsync(Lab.Plain, new LabInput("force", work with { IgnoreStop = true }));
        Run cancelled = await Api.StartAsync(Lab.Plain, new LabInput("bulk", work));
        foreach (Run run in (Run[])[superseded, forced, cancelled])
            await Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.Progress is not null);
        // Whichever slot is given back, somebody has it at once.
        Run[] inLine = await Task.WhenAll(Enumerable.Range(0, 2 * Slots).Select(_ => Api.StartAsync(Lab.Plain, new LabInput("bulk", work))));

        Run newer = await Api.StartAsync(Lab.CancelInProgress, new LabInput("newest", work));
        Run ended = await Api.WaitAsync(superseded);
        Assert.Equal(("Cancelled", "Superseded", newer.Id, false), (ended.Status, ended.Stop?.Reason, ended.Stop?.SupersededBy, ended.Stop?.Forced));

        ended = await Api.WaitAsync(timedOut);
        Assert.Equal(("TimedOut", "Timeout", false), (ended.Status, ended.Stop?.Reason, ended.Stop?.Forced));

        await Api.CancelAsync(forced, grace: "1s");
        ended = await Api.WaitAsync(forced);
        Assert.Equal(("Cancelled", true), (ended.Status, ended.Stop?.Forced));

        Operation operation = await Api.WaitAsync(await Api.StartBulkAsync(
            "bulk-cancel", new { filter = new { workflow = Lab.Plain } }));
        Assert.Equal((1 + inLine.Length, 0), (operation.Done, operation.Failed));
        Assert.All(await Api.WaitAllAsync([cancelled, .. inLine]), run => Assert.Equal(("Cancelled", "Requested"), (run.Status, run.Stop?.Reason)));
    }

    public ValueTask DisposeAsync()
    {
        _host?.Dispose();
        _storage?.Dispose();
        return ValueTask.CompletedTask;
    }
}
