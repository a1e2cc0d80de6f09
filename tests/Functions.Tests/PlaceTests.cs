using Preempt.EndToEnd.Hosting;
using Preempt.Functions.Workflows;
using Preempt.Testing;
using LabRun = Preempt.Testing.TestedRun<System.Collections.Generic.IReadOnlyList<System.Text.Json.JsonElement?>>;

namespace Preempt.Functions.Tests;

/// <summary>One and the same tests of this repository's app, played in three places.</summary>
public abstract class PlaceTests : IAsyncLifetime
{
    private readonly string _group = $"{Guid.NewGuid()}";
    private TestedApp _app = null!;

    /// <summary>Where they play.</summary>
    protected abstract TestPlace Place { get; }

    public async ValueTask InitializeAsync() =>
        _app = await TestedApp.OpenAsync(new TestedAppOptions { App = typeof(ChatReply).Assembly, Place = Place });

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task A_newer_run_supersedes_the_older_one()
    {
        TestedRun<string> older = await _app.StartAsync<ChatReply, string>(new ChatMessage(_group, "old", Seconds: 600));
        await older.UntilStepAsync<Think>();
        Assert.Equal([older.Id], (await _app.GetGateAsync<ChatReply>(_group)).Holders.Select(holder => holder.RunId));

        TestedRun<string> newer = await _app.StartAsync(new ChatReply().ToContract(), new ChatMessage(_group, "new", Seconds: 0));

        Assert.Equal("You said: new. I have thought about it.", await newer.ResultAsync());
        Run ended = await older.EndSupersededByAsync(newer);
        Assert.Equal((StopReason.Superseded, StepStatus.Cancelled), (ended.Stop!.Reason, Assert.Single(ended.Steps).Status));
    }

    [Fact]
    public async Task A_run_is_cancelled()
    {
        LabRun run = await StartLabAsync(new LabStep { Seconds = 600 });
        await run.UntilStepAsync<LabWork>();

        await run.CancelAsync("changed my mind");

        Assert.Equal("changed my mind", (await run.EndAsAsync(RunStatus.Cancelled)).Stop!.Message);
        await Assert.ThrowsAsync<RunConflictException>(() => run.CancelAsync());
    }

    [Fact]
    public async Task A_run_whose_time_is_over_is_stopped_and_one_that_was_given_more_goes_on()
    {
        LabRun late = await StartLabAsync(new LabStep { Seconds = 600 }, timeout: "1s");
        LabRun extended = await StartLabAsync(new LabStep { Seconds = 30 }, timeout: "20s");
        await extended.ExtendAsync("1 hour");
        DateTimeOffset before = _app.Now;

        await late.EndAsAsync(RunStatus.TimedOut);
        Duration time = _app.SkipsTime ? "30 minutes" : "100 ms";
        await _app.AdvanceAsync(time);

        Assert.True(_app.Now - before >= time.Value, $"{_app.Now - before} have passed.");
        Assert.Equal(_app.SkipsTime ? RunStatus.Succeeded : RunStatus.Running, (await extended.GetAsync()).Status);
    }

    [Fact]
    public async Task A_run_hears_of_an_event_unless_it_has_ended()
    {
        LabRun run = await StartLabAsync(new LabStep { Seconds = 600 });

        Assert.Equal(run.Id, (await run.RaiseEventAsync("approved", new { by = "ada" })).Id);

        await run.CancelAsync();
        await run.EndAsAsync(RunStatus.Cancelled);
        await Assert.ThrowsAsync<RunConflictException>(() => run.RaiseEventAsync("approved"));
    }

    [Fact]
    public async Task What_a_workflow_does_not_take_is_refused()
    {
        string message = (await Assert.ThrowsAsync<InvalidRunException>(
            () => _app.StartAsync<ChatReply, string>(new ChatMessage(_group, "x", Seconds: -1)))).Message;
        Assert.Contains("seconds -1", message, StringComparison.Ordinal);

        WorkflowContract<string, string> unknown = new("no-such-workflow");
        Assert.Contains("no-such-workflow", (await Assert.ThrowsAsync<UnknownWorkflowException>(() => _app.StartAsync(unknown, "x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_as_expected_tells_the_story_of_the_run()
    {
        LabRun run = await StartLabAsync(new LabStep { Seconds = 0, FailTimes = 1 });

        string message = (await Assert.ThrowsAsync<RunExpectationException>(() => run.ResultAsync())).Message;

        Assert.StartsWith($"The run was to end Succeeded, and is Failed. Run {run.Id} is Failed", message, StringComparison.Ordinal);
        Assert.Contains($", in {Place}.\n{(await run.ExplainAsync()).Text}", message, StringComparison.Ordinal);
        Assert.Contains("The lab step was told to fail 1 times", message, StringComparison.Ordinal);
        Assert.Contains("step 1 lab-work, attempt 1: Failed", message, StringComparison.Ordinal);
        Assert.Equal(Place.Address is null, message.Contains("History:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_waited_for_in_vain_tells_the_story_of_the_run()
    {
        LabRun run = await StartLabAsync(new LabStep { Seconds = 600 });

        string message = (await Assert.ThrowsAsync<TimeoutException>(() => run.UntilAsync(found => found.Status == RunStatus.Stopping, "500 ms"))).Message;
        Assert.StartsWith($"Run {run.Id} is Running", message, StringComparison.Ordinal);

        message = (await Assert.ThrowsAsync<TimeoutException>(() => run.EndAsync("500 ms"))).Message;
        Assert.StartsWith($"Run {run.Id} is Running", message, StringComparison.Ordinal);

        await run.CancelAsync();
        message = (await Assert.ThrowsAsync<TimeoutException>(() => run.UntilAsync(found => found.Status == RunStatus.Succeeded))).Message;
        Assert.StartsWith($"The run has ended, and the condition does not hold. Run {run.Id} is Cancelled", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_that_nobody_can_wait_for_passes_where_it_skips_alone()
    {
        DateTimeOffset before = _app.Now;
        if (_app.SkipsTime)
        {
            await _app.AdvanceToAsync(before.AddDays(3));
            Assert.Equal(before.AddDays(3), _app.Now);
        }
        else
        {
            Assert.Contains("time is real", (await Assert.ThrowsAsync<InvalidOperationException>(() => _app.AdvanceToAsync(before.AddDays(3)))).Message, StringComparison.Ordinal);
        }
    }

    private Task<LabRun> StartLabAsync(LabStep step, Duration? timeout = null) =>
        _app.StartAsync(new LabPlain().ToContract(), new LabInput { Group = _group, Steps = [step] }, new StartOptions { Timeout = timeout });
}

/// <summary>In memory, on a clock that skips.</summary>
public sealed class MemoryPlaceTests : PlaceTests
{
    protected override TestPlace Place => TestPlace.Parse("memory");
}

/// <summary>On the embedded host with a SQLite store, in real time.</summary>
public sealed class EmbeddedPlaceTests : PlaceTests
{
    protected override TestPlace Place => TestPlace.Parse("embedded");
}

/// <summary>Against the app as a process of its own, over HTTP.</summary>
public sealed class HttpPlaceTests(AppUnderTest app) : PlaceTests, IClassFixture<AppUnderTest>
{
    protected override TestPlace Place { get; } = TestPlace.At(app.Http.BaseAddress!);
}
