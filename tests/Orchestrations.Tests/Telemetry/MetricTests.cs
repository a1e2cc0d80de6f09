using Preempt.Tests.Runs;

namespace Preempt.Tests.Telemetry;

[Collection(ListeningAlone.Name)]
public sealed class MetricTests : IDisposable
{
    private readonly TestApp _app = new();
    private readonly Recorder _recorder = new();

    public void Dispose()
    {
        _recorder.Dispose();
        _app.Dispose();
    }

    [Fact]
    public void A_run_is_counted_once_by_its_outcome_although_it_is_replayed()
    {
        _app.End(_app.Start("ungated", new Work(Seconds: 60)));
        _app.End(_app.Start("ungated", new Work(Seconds: 1, Fail: true)));

        Assert.Equal(["Succeeded", "Failed"], _recorder.Of("preempt.runs").Select(run => run["preempt.status"]));
        Assert.All(_recorder.Of("preempt.runs"), run => Assert.Equal((1, "ungated", null), (run.Value, run["preempt.workflow"], run["preempt.stop.reason"])));
        Assert.Equal([60, 1], _recorder.Of("preempt.run.duration").Select(run => Math.Round(run.Value)));
    }

    [Fact]
    public void A_superseded_run_says_so_and_how_long_it_took_to_stop()
    {
        string older = _app.Start("one-run", new Work(Seconds: 600));
        _app.UntilRunning(older);
        _app.End(_app.Start("one-run", new Work(Seconds: 1)));

        Measurement superseded = Assert.Single(_recorder.Of("preempt.runs"), run => (string?)run["preempt.stop.reason"] == "Superseded");
        Assert.Equal(("Cancelled", false), (superseded["preempt.status"], superseded["preempt.stop.forced"]));
        Measurement stop = Assert.Single(_recorder.Of("preempt.stop.duration"));
        Assert.Equal("Superseded", stop["preempt.stop.reason"]);
        Assert.InRange(stop.Value, 0, 1);
    }

    [Fact]
    public void The_delay_from_the_request_to_the_token_is_measured_where_the_step_works()
    {
        string run = _app.Start("ungated", new Work(Seconds: 600));
        _app.UntilRunning(run);
        _app.Cancel(run);
        _app.End(run);

        Measurement delay = Assert.Single(_recorder.Of("preempt.stop.delay"));
        Assert.Equal(("worker", "Requested"), (delay["preempt.step"], delay["preempt.stop.reason"]));
        Assert.InRange(delay.Value, 0, 1);
    }

    [Fact]
    public void A_run_that_does_not_stop_takes_its_grace_and_is_marked_as_forced()
    {
        string run = _app.Start("ungated", new Work(Seconds: 600, IgnoreStop: true));
        _app.UntilRunning(run);
        _app.Cancel(run);
        _app.End(run);

        Measurement stop = Assert.Single(_recorder.Of("preempt.stop.duration"));
        Assert.Equal(true, stop["preempt.stop.forced"]);
        Assert.InRange(stop.Value, 60, 62);
        Assert.Single(_recorder.Of("preempt.runs"));
    }

    [Fact]
    public void What_waits_at_a_gate_and_for_how_long_is_told_while_it_waits()
    {
        string[] runs = [.. Enumerable.Range(0, 3).Select(_ => _app.Start("queued", new Work(Seconds: 120)))];
        _app.Host.RunUntil(() => _recorder.Of("preempt.gate.wait").Any(wait => wait.Value >= 15));
        Assert.Empty(_recorder.Of("preempt.runs"));
        foreach (string run in runs)
            _app.End(run);

        Assert.Equal(2, _recorder.Of("preempt.gate.holders").Max(gate => gate.Value));
        Assert.Equal(1, _recorder.Of("preempt.gate.waiters").Max(gate => gate.Value));
        Assert.All(_recorder.Of("preempt.gate.waiters"), gate => Assert.Equal("queued", gate["preempt.workflow"]));
        Assert.InRange(_recorder.Of("preempt.run.queue.duration").Max(run => run.Value), 119.9, 121);
        _app.Host.RunUntil(() => _recorder.Of("preempt.gate.holders")[^1].Value == 0);
    }

    [Fact]
    public void No_tag_of_a_metric_has_a_value_for_each_run_or_key()
    {
        string[] runs = [_app.Start("queued", new Work(Seconds: 1), key: "secret-key"), _app.Start("one-run", new Work(Seconds: 1), key: "secret-key")];
        foreach (string run in runs)
            _app.End(run);

        string[] instruments = ["preempt.runs", "preempt.run.duration", "preempt.run.queue.duration", "preempt.step.duration", "preempt.gate.wait", "preempt.gate.holders", "preempt.gate.waiters"];
        foreach (string instrument in instruments)
        {
            Assert.NotEmpty(_recorder.Of(instrument));
            foreach (object? value in _recorder.Of(instrument).SelectMany(measurement => measurement.Tags.Values))
                Assert.DoesNotContain(runs.Append("secret-key"), part => value?.ToString()?.Contains(part, StringComparison.Ordinal) == true);
        }
    }
}
