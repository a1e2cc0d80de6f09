using System.Diagnostics;
using Preempt.Tests.Runs;

namespace Preempt.Tests.Telemetry;

[Collection(ListeningAlone.Name)]
public sealed class TraceTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_run_and_its_steps_are_in_the_trace_of_whoever_started_it()
    {
        using Recorder recorder = new();
        using Activity request = new Activity("request").Start();
        string id = _app.Start("one-run", new Work(Seconds: 30), key: "ada");
        request.Stop();
        Run run = _app.End(id);

        Activity start = Assert.Single(recorder.Spans("start one-run"));
        Activity span = Assert.Single(recorder.Spans("run one-run"));
        Activity step = Assert.Single(recorder.Spans("step worker"));
        Assert.Equal(request.SpanId, start.ParentSpanId);
        Assert.All([start, span, step], part => Assert.Equal(request.TraceId, part.TraceId));
        Assert.All([span, step], part => Assert.Equal(start.SpanId, part.ParentSpanId));
        Assert.All([span, step], part => Assert.Equal(id, part.GetTagItem("preempt.run.id")));
        Assert.Equal(run.QueuedAt.UtcDateTime, span.StartTimeUtc);
        Assert.Equal(run.EndedAt!.Value.UtcDateTime, span.StartTimeUtc + span.Duration);
        Assert.Equal((RunId.HashKey("ada"), 1L, ActivityStatusCode.Ok), (span.GetTagItem("preempt.key.hash"), span.GetTagItem("preempt.fencing_token"), span.Status));
    }

    [Fact]
    public void The_trace_of_a_superseded_run_names_the_run_that_took_its_place()
    {
        using Recorder recorder = new();
        string older = _app.Start("one-run", new Work(Seconds: 600));
        _app.UntilRunning(older);
        string newer = _app.Start("one-run", new Work(Seconds: 1));
        _app.End(newer);

        Activity span = Assert.Single(recorder.Spans("run one-run"), span => Equals(span.GetTagItem("preempt.run.id"), older));
        Assert.Equal(newer, span.GetTagItem("preempt.superseded_by"));
        Assert.Equal("Superseded", span.GetTagItem("preempt.stop.reason"));
        Assert.Equal(ActivityStatusCode.Ok, span.Status);
    }

    [Fact]
    public void What_a_step_threw_is_an_error_of_its_span_and_of_its_run()
    {
        using Recorder recorder = new();
        _app.End(_app.Start("ungated", new Work(Seconds: 1, Fail: true)));

        foreach (string name in new[] { "run ungated", "step worker" })
        {
            Activity span = Assert.Single(recorder.Spans(name));
            Assert.Equal((ActivityStatusCode.Error, "told to fail"), (span.Status, span.StatusDescription));
            Assert.Equal(typeof(InvalidOperationException).FullName, span.GetTagItem("error.type"));
        }
    }

    [Theory]
    [InlineData(null, null, null, "told to fail")]
    [InlineData("false", "false", null, "Failed")]
    [InlineData("true", "true", "ada@example.org", "told to fail")]
    public void Traces_have_keys_and_messages_as_far_as_the_app_says_so(string? keys, string? errors, string? expectedKey, string expectedMessage)
    {
        using TestApp app = new(settings: new Dictionary<string, string?> { ["Preempt:TraceKeys"] = keys, ["Preempt:TraceErrors"] = errors });
        using Recorder recorder = new();
        app.End(app.Start("one-run", new Work(Seconds: 1, Fail: true), key: "ada@example.org"));

        Activity run = Assert.Single(recorder.Spans("run one-run"));
        Activity step = Assert.Single(recorder.Spans("step worker"));
        Assert.Equal(expectedKey, run.GetTagItem("preempt.key"));
        Assert.Equal(RunId.HashKey("ada@example.org"), run.GetTagItem("preempt.key.hash"));
        Assert.All([run, step], span => Assert.Equal(expectedMessage, span.StatusDescription));
        // Nothing else says who it was.
        IEnumerable<object?> said = recorder.All.SelectMany(span => span.TagObjects.Select(tag => tag.Value).Append(span.DisplayName));
        Assert.Equal(expectedKey is not null, said.Any(value => $"{value}".Contains("ada@", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_run_that_nobody_traces_carries_no_trace()
    {
        using Recorder recorder = new(traces: false);
        string id = _app.Start("ungated", new Work(Seconds: 1));
        _app.End(id);

        Assert.Null(_app.Host.Run(() => _app.Host.Client.GetInstanceAsync(id, getInputsAndOutputs: true))!.ReadInputAs<RunRequest>()!.TraceParent);
        Assert.Single(recorder.Of("preempt.runs"));
    }
}
