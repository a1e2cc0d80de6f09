using System.Text.Json;
using Preempt.Testing;

namespace Preempt.Tests.Runs;

/// <summary>Events to runs, and events that start and stop them.</summary>
public sealed class EventTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void A_run_gets_the_events_of_a_name_in_the_order_they_were_sent_also_those_before_it_waits()
    {
        string id = _app.Start("ungated", async run =>
        {
            await run.DelayAsync("1 minute");
            return await run.WaitForEventAsync<string>("letter")
                + await run.WaitForEventAsync<string>("Letter")
                + await run.WaitForEventAsync<string>("LETTER");
        });
        Raise(id, "letter", "a");
        Raise(id, "other", 1);
        Raise(id, "letter", "b");
        _app.Host.Advance(TimeSpan.FromMinutes(2));
        Raise(id, "letter", "c");
        Assert.Equal("abc", _app.End(id).Output?.GetString());
    }

    [Fact]
    public void A_wait_for_an_event_ends_when_its_time_is_over_and_swallows_none()
    {
        string id = _app.Start("ungated", async run =>
        {
            await Assert.ThrowsAsync<TimeoutException>(() => run.WaitForEventAsync<string>("letter", "10s"));
            return await run.WaitForEventAsync<string>("letter", "10 minutes");
        });
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        Raise(id, "letter", "late");
        Assert.Equal("late", _app.End(id).Output?.GetString());
    }

    [Fact]
    public void A_stop_ends_the_wait_for_an_event()
    {
        string id = _app.Start("ungated", run => run.WaitForEventAsync<string>("letter"));
        _app.Until(id, run => run.Status == RunStatus.Running);
        _app.Cancel(id);
        Assert.Equal(RunStatus.Cancelled, _app.End(id).Status);
    }

    [Fact]
    public void An_event_to_a_run_that_has_ended_is_refused()
    {
        string id = _app.Start("ungated", new Work(1));
        _app.End(id);
        Assert.Throws<RunConflictException>(() => Raise(id, "letter", "a"));
    }

    [Fact]
    public void A_name_that_is_not_allowed_is_refused()
    {
        string id = _app.Start("ungated", new Work(1));
        Assert.Contains("1 to 100", Assert.Throws<InvalidRunException>(() => Raise(id, new string('x', 101), "a")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidRunException>(() => Raise(id, "a\nb", "a"));
    }

    [Fact]
    public void A_run_ends_on_the_event_that_it_names_and_not_on_others()
    {
        string id = _app.Start("on-orders", Code("A-7", new Work(3000)));
        _app.UntilRunning(id);
        Raise(id, "order-paid", new { id = "B-1" });
        Raise(id, "order-placed", new { id = "A-7" });
        Assert.Equal(RunStatus.Running, _app.Get(id).Status);
        Raise(id, "order-paid", new { id = "A-7" });
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Cancelled, StopReason.EndCondition), (ended.Status, ended.Stop!.Reason));
        Assert.Equal(StopReason.EndCondition, ended.Steps[0].StopReason);
    }

    [Fact]
    public void A_published_event_stops_the_runs_that_end_on_it_and_no_other()
    {
        string[] ids = [.. Enumerable.Range(0, 3).Select(number => _app.Start("on-orders", Code(number == 1 ? "A-2" : "A-1", new Work(3000))))];
        foreach (string id in ids)
            _app.UntilRunning(id);
        PublishedEvent published = Publish("Order-Paid", new { id = "A-1" });
        Assert.Equal<string[]>([.. ids.Where((_, index) => index != 1).Order()], [.. published.Stopped.Order()]);
        Assert.Empty(published.Started);
        Assert.Equal(RunStatus.Cancelled, _app.End(ids[0]).Status);
        Assert.Equal(RunStatus.Cancelled, _app.End(ids[2]).Status);
        Assert.Equal(RunStatus.Running, _app.Get(ids[1]).Status);
        Assert.Empty(Publish("order-paid", new { id = "A-1" }).Stopped);
    }

    [Fact]
    public void A_run_that_was_terminated_from_outside_is_forgotten_by_its_event()
    {
        string id = _app.Start("on-orders", Code("A-1", new Work(3000)));
        _app.UntilRunning(id);
        _app.Terminate(id);
        _app.Until(id, run => run.Status.IsTerminal());
        Assert.Empty(Publish("order-paid", new { id = "A-1" }).Stopped);
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Subscribers());
    }

    [Fact]
    public void A_run_that_has_ended_is_no_subscriber()
    {
        string id = _app.Start("on-orders", Code("A-1", new Work(1)));
        _app.UntilRunning(id);
        Assert.Equal([id], Subscribers().Select(run => HolderId.Parse(run).RunId));
        _app.End(id);
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Subscribers());
    }

    [Fact]
    public void A_published_event_starts_the_workflows_that_are_subscribed_to_it_once_for_each_key()
    {
        Script script = Code("A-9", new Work(1));
        object payload = new { kind = "book", key = script.Key, code = script.Code };
        Run started = Assert.Single(Publish("order-placed", payload, "event 1").Started);
        Assert.Equal("on-orders", started.Workflow);
        Assert.Equal(started.Id, Assert.Single(Publish("order-placed", payload, "event 1").Started).Id);
        Assert.NotEqual(started.Id, Assert.Single(Publish("order-placed", payload, "event 2").Started).Id);
        Assert.Empty(Publish("order-placed", new { kind = "pen", key = script.Key, code = script.Code }).Started);
        Assert.Equal(RunStatus.Succeeded, _app.End(started.Id).Status);
    }

    [Fact]
    public void An_event_whose_payload_its_workflow_refuses_starts_and_stops_nothing() =>
        Assert.Throws<InvalidRunException>(() => Publish("order-placed", new { kind = "book" }));

    [Fact]
    public void An_event_that_is_published_right_after_a_start_ends_the_run()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            using TestApp app = new(seed, options =>
            {
                options.TurnsHappenTwice = 0.4;
                options.MessagesArriveLate = 0.3;
                options.LongestDelay = TimeSpan.FromSeconds(0.5);
            });
            string id = app.Start("on-orders", Code("A-1", new Work(3000)));
            app.Host.Run(() => app.Runs.PublishEventAsync("order-paid", new { id = "A-1" }));
            Run ended = app.End(id);
            Assert.Equal((RunStatus.Cancelled, StopReason.EndCondition), (ended.Status, ended.Stop?.Reason));
        }
    }

    [Fact]
    public void An_event_does_not_end_runs_that_are_accepted_after_it()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using TestApp app = new(seed);
            string first = app.Start("on-orders", Code("A-1", new Work(3000)));
            app.Host.Run(() => app.Runs.PublishEventAsync("order-paid", new { id = "A-1" }, "payment 1"));
            string second = app.Start("on-orders", Code("A-1", new Work(60)));
            // What comes again is not another event.
            app.Host.Run(() => app.Runs.PublishEventAsync("order-paid", new { id = "A-1" }, "payment 1"));
            Assert.Equal(RunStatus.Cancelled, app.End(first).Status);
            Assert.Equal(RunStatus.Succeeded, app.End(second).Status);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_event_that_was_published_is_told_to_all_runs_once_whatever_crashes(bool isKept)
    {
        const int Count = 110;
        int crashes = 0;
        for (int commit = 0; commit < 12; commit++)
        {
            using TestApp app = new();
            string[] ids = [.. Enumerable.Range(0, Count).Select(_ => app.Start("on-orders", Code("A-1", new Work(3000))))];
            app.Host.CrashAfter(commit, isKept);
            PublishedEvent? published = null;
            while (published is null)
            {
                try
                {
                    published = app.Host.Run(() => app.Runs.PublishEventAsync("order-paid", new { id = "A-1" }, "once"));
                }
                catch (HostCrashedException)
                {
                    // Who got no answer asks again.
                }
            }

            app.Host.RunUntil(() => app.Host.Run(() => app.Runs.GetOperationAsync(published.OperationId!)).EndedAt is not null);
            Operation operation = app.Host.Run(() => app.Runs.GetOperationAsync(published.OperationId!));
            Assert.Equal((OperationStatus.Succeeded, Count, Count, 0), (operation.Status, operation.Total, operation.Done, operation.Failed));
            Assert.All(ids, id => Assert.Equal(StopReason.EndCondition, app.Get(id).Stop?.Reason));
            crashes += app.Host.Crashes;
        }

        Assert.True(crashes > 6, $"Only {crashes} crashes happened.");
    }

    private static Script Code(string order, Work work)
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = run => run.CallStepAsync<Worker, string>(work);
        return new Script(order, name);
    }

    private Run Raise(string id, string name, object payload) => _app.Host.Run(() => _app.Runs.RaiseEventAsync(id, name, payload));

    private PublishedEvent Publish(string name, object payload, string? key = null) =>
        _app.Host.Run(() => _app.Runs.PublishEventAsync(name, payload, key));

    private IReadOnlyList<string> Subscribers() => [.. _app.Host.Run(() => _app.Host.Client.Entities.GetEntityAsync<JsonElement>(
        EventSubscribers.Of("order-paid")))!.State.EnumerateArray().Select(id => id.GetString()!)];
}
