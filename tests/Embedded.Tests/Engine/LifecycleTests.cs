using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>What clients can do with an instance, and what an instance can do with itself.</summary>
public abstract class LifecycleTests(bool replays) : EngineFacts(replays)
{
    [Fact]
    public void Continuing_as_new_takes_along_what_nobody_took()
    {
        string id = App.Start(static async context =>
        {
            int round = context.GetInput<int>();
            if (round == 0)
            {
                await context.WaitForExternalEvent<string>("turn");
                context.ContinueAsNew(1);
                return null;
            }

            string taken = "";
            for (int i = 0; i < 4; i++)
                taken += await context.WaitForExternalEvent<string>("item");
            return taken;
        });
        App.Raise(id, "item", "1");
        App.Settle();
        App.Raise(id, "item", "2");
        App.Raise(id, "turn");
        App.Raise(id, "item", "3");
        App.Settle();
        App.Host.Crash();
        App.Raise(id, "item", "4");

        // What the code had been told before is sent to itself once more; what it had not been told comes first.
        Assert.Equal("3124", App.Output<string>(id));
    }

    [Fact]
    public void An_event_after_the_call_of_continue_as_new_is_for_the_next_execution()
    {
        string id = App.Start(static async context =>
        {
            if (context.GetInput<int>() == 1)
                return await context.WaitForExternalEvent<string>("item");
            _ = context.WaitForExternalEvent<string>("item");
            context.ContinueAsNew(1);
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            return null;
        });
        App.Settle();
        App.Raise(id, "item", "kept");

        Assert.Equal("kept", App.Output<string>(id));
    }

    [Fact]
    public void Continuing_as_new_without_preserving_events_forgets_them()
    {
        string id = App.Start(static async context =>
        {
            if (context.GetInput<int>() == 1)
                return await context.WaitForExternalEvent<string>("item");
            await context.WaitForExternalEvent<string>("turn");
            context.ContinueAsNew(1, preserveUnprocessedEvents: false);
            return null;
        });
        App.Raise(id, "item", "forgotten");
        App.Raise(id, "turn");
        App.Settle();
        App.Raise(id, "item", "new");

        Assert.Equal("new", App.Output<string>(id));
    }

    [Fact]
    public void Continuing_as_new_begins_with_an_empty_history_and_a_custom_status_that_lasts_one_turn()
    {
        string id = App.Start(static async context =>
        {
            int round = context.GetInput<int>();
            if (round == 0)
                context.SetCustomStatus("of round 0");
            await context.CallActivityAsync("Work", "x");
            if (round < 100)
                context.ContinueAsNew(round + 1);
            return round;
        });

        Assert.Equal(100, App.Output<int>(id));
        Assert.Null(App.Get(id).ReadCustomStatusAs<string>());
        Assert.Equal(100, App.Get(id).ReadInputAs<int>());
    }

    [Fact]
    public void Continuing_as_another_version_runs_that_version()
    {
        App.Scripts.Main = static context =>
        {
            if (context.Version == "1")
                context.ContinueAsNew(new ContinueAsNewOptions { NewVersion = "2" });
            return Task.FromResult<object?>(context.Version);
        };

        string id = App.Start(options: new StartOrchestrationOptions { Version = new TaskVersion("1") });

        Assert.Equal("2", App.Output<string>(id));
    }

    [Fact]
    public void A_suspended_instance_takes_nothing_until_it_is_resumed_and_then_everything_in_order()
    {
        string id = App.Start(static async context =>
        {
            string taken = "";
            for (int i = 0; i < 3; i++)
                taken += await context.WaitForExternalEvent<string>("item");
            return taken;
        });
        App.Raise(id, "item", "1");
        App.Do(client => client.SuspendInstanceAsync(id, "wait"));
        App.Settle();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, App.Get(id).RuntimeStatus);

        App.Raise(id, "item", "2");
        App.Do(client => client.SuspendInstanceAsync(id));
        App.Host.Advance(TimeSpan.FromHours(1));
        App.Host.Crash();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, App.Get(id).RuntimeStatus);

        App.Do(client => client.ResumeInstanceAsync(id, "go on"));
        App.Raise(id, "item", "3");

        Assert.Equal("123", App.Output<string>(id));
    }

    [Fact]
    public void Timers_and_activities_of_a_suspended_instance_wait_for_it()
    {
        string id = App.Start(async context =>
        {
            await Task.WhenAll(context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None), context.CallActivityAsync("Work", "x"));
            return context.CurrentUtcDateTime.Hour;
        });
        App.Settle();
        App.Do(client => client.SuspendInstanceAsync(id));
        App.Host.Advance(TimeSpan.FromHours(5));
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, App.Get(id).RuntimeStatus);

        App.Do(client => client.ResumeInstanceAsync(id));

        Assert.Equal(5, App.Output<int>(id));
    }

    [Fact]
    public void An_instance_that_is_suspended_before_it_begins_begins_when_it_is_resumed()
    {
        string id = App.Start(async context =>
        {
            App.Log.Add("begun");
            return await context.WaitForExternalEvent<string>("item");
        });
        App.Do(client => client.SuspendInstanceAsync(id));
        App.Raise(id, "item", "kept");
        App.Host.Advance(TimeSpan.FromHours(1));
        App.Host.Crash();
        App.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, App.Get(id).RuntimeStatus);
        Assert.Empty(App.Log);

        App.Do(client => client.ResumeInstanceAsync(id));

        Assert.Equal("kept", App.Output<string>(id));
    }

    [Theory]
    [InlineData("raise")]
    [InlineData("terminate")]
    [InlineData("suspend")]
    [InlineData("resume")]
    public void A_client_is_told_that_what_it_asks_for_has_ended_or_never_was(string asked)
    {
        string ended = App.Start(static _ => Task.FromResult<object?>("done"));
        App.End(ended);

        Assert.Contains("has ended", Ask(ended).Message, StringComparison.Ordinal);
        Assert.Contains("There is no orchestration with the id 'nobody'", Ask("nobody").Message, StringComparison.Ordinal);

        InvalidOperationException Ask(string id) => Assert.Throws<InvalidOperationException>(() => App.Do(client => asked switch
        {
            "raise" => client.RaiseEventAsync(id, "item"),
            "terminate" => client.TerminateInstanceAsync(id),
            "suspend" => client.SuspendInstanceAsync(id),
            _ => client.ResumeInstanceAsync(id),
        }));
    }

    [Fact]
    public void An_instance_that_is_suspended_as_it_continues_as_new_stays_suspended()
    {
        string id = App.Start(static async context =>
        {
            if (context.GetInput<int>() == 1)
                return "second";
            await context.WaitForExternalEvent<string>("turn");
            context.ContinueAsNew(1);
            return null;
        });
        App.Settle();
        App.Raise(id, "turn");
        App.Do(client => client.SuspendInstanceAsync(id));
        App.Settle();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, App.Get(id).RuntimeStatus);

        App.Do(client => client.ResumeInstanceAsync(id));

        Assert.Equal("second", App.Output<string>(id));
    }

    [Fact]
    public void A_suspended_instance_can_be_terminated()
    {
        string id = App.Start(static async context => await context.WaitForExternalEvent<string>("never"));
        App.Settle();
        App.Do(client => client.SuspendInstanceAsync(id));
        App.Settle();
        App.Raise(id, "never", "too late");
        App.Terminate(id, "stopped");

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, App.End(id).RuntimeStatus);
        Assert.Equal("stopped", App.Get(id).ReadOutputAs<string>());
    }

    [Fact]
    public void Terminating_ends_at_once_with_the_output_and_nothing_more_happens()
    {
        string id = App.Start(async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            await context.CallActivityAsync("Work", "x");
            return "never";
        });
        App.Scripts.Work = (_, _, _) =>
        {
            App.Log.Add("worked");
            return Task.FromResult<object?>(null);
        };
        App.Settle();
        App.Terminate(id, new { reason = "enough" });
        App.Settle();

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, App.Get(id).RuntimeStatus);
        Assert.Equal("""{"reason":"enough"}""", App.Get(id).SerializedOutput);
        App.Host.Advance(TimeSpan.FromHours(2));
        Assert.Empty(App.Log);
    }

    [Fact]
    public void Terminating_ends_the_sub_orchestrations_only_when_asked_to()
    {
        App.Scripts.Child = static async context => context.GetInput<int>() == 0
            ? await context.WaitForExternalEvent<string>("never")
            : await context.CallSubOrchestratorAsync<string>("Child", 0, new SubOrchestrationOptions(instanceId: $"{context.InstanceId}:grandchild"));
        App.Scripts.Main = static async context => await context.CallSubOrchestratorAsync<string>(
            "Child", 1, new SubOrchestrationOptions(instanceId: $"{context.InstanceId}:child"));
        App.Start("alone");
        App.Start("all");
        App.Settle();

        App.Terminate("alone");
        App.Terminate("all", recursive: true);
        App.Settle();

        Assert.Equal(OrchestrationRuntimeStatus.Running, App.Get("alone:child").RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Running, App.Get("alone:child:grandchild").RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, App.Get("all:child").RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, App.Get("all:child:grandchild").RuntimeStatus);
    }

    [Fact]
    public void Terminating_with_sub_orchestrations_leaves_a_stranger_alone_whose_id_one_wanted()
    {
        App.Scripts.Child = static async context => await context.WaitForExternalEvent<string>("never");
        App.Start(name: "Child", options: new StartOrchestrationOptions("stranger"));
        string id = App.Start(static async context =>
        {
            Task<string> refused = context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "stranger"));
            Task<string> other = context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "own"));
            await Task.WhenAll(other, refused);
            return null;
        });
        App.Settle();
        App.Terminate(id, recursive: true);
        App.Settle();

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, App.Get("own").RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Running, App.Get("stranger").RuntimeStatus);
    }

    [Fact]
    public void An_instance_starts_at_its_time_even_across_a_crash()
    {
        DateTimeOffset time = App.Host.Now.AddHours(2);
        App.Scripts.Main = static context => Task.FromResult<object?>(context.CurrentUtcDateTime);
        string id = App.Start(options: new StartOrchestrationOptions(StartAt: time));
        App.Host.Advance(TimeSpan.FromHours(1));
        App.Host.Crash();
        App.Host.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, App.Get(id).RuntimeStatus);

        Assert.Equal(time.UtcDateTime, App.Output<DateTime>(id));
    }

    [Fact]
    public void An_instance_that_waits_for_its_time_keeps_its_events_and_can_be_terminated()
    {
        App.Scripts.Main = static async context => await context.WaitForExternalEvent<string>("go");
        StartOrchestrationOptions later = new(StartAt: App.Host.Now.AddHours(1));
        string kept = App.Start(options: later);
        string terminated = App.Start(options: later);
        App.Raise(kept, "go", "kept");
        App.Terminate(terminated, "not wanted");
        App.Settle();

        Assert.Equal(OrchestrationRuntimeStatus.Pending, App.Get(kept).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, App.Get(terminated).RuntimeStatus);
        Assert.Equal("kept", App.Output<string>(kept));
        Assert.Equal("not wanted", App.Get(terminated).ReadOutputAs<string>());
    }

    [Fact]
    public void Waiting_for_the_start_returns_when_the_code_has_begun()
    {
        App.Scripts.Main = static async context => await context.WaitForExternalEvent<string>("never");
        string id = App.Start(options: new StartOrchestrationOptions(StartAt: App.Host.Now.AddMinutes(5)));

        OrchestrationMetadata started = App.Ask(client => client.WaitForInstanceStartAsync(id));

        Assert.Equal(OrchestrationRuntimeStatus.Running, started.RuntimeStatus);
        Assert.Equal(started.CreatedAt.AddMinutes(5), App.Host.Now);
    }

    [Fact]
    public void Waiting_for_the_end_returns_at_the_end_and_gives_up_when_told_to()
    {
        App.Scripts.Main = static async context =>
        {
            context.SetCustomStatus("waits");
            await context.CreateTimer(TimeSpan.FromDays(3), CancellationToken.None);
            return "done";
        };
        string id = App.Start("in", options: null);
        using CancellationTokenSource hour = new(TimeSpan.FromHours(1), App.Time);
        Assert.ThrowsAny<OperationCanceledException>(() => App.Ask(client => client.WaitForInstanceCompletionAsync(id, hour.Token)));

        OrchestrationMetadata ended =
            App.Host.Run(() => App.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true), TimeSpan.FromDays(4));

        Assert.Equal("done", ended.ReadOutputAs<string>());
        Assert.Equal("in", ended.ReadInputAs<string>());
    }

    [Fact]
    public void Restarting_begins_again_with_the_same_name_input_and_tags()
    {
        App.Scripts.Child = static context => Task.FromResult<object?>($"{context.GetInput<string>()} at {context.CurrentUtcDateTime.Hour}");
        string id = App.Start("in", new StartOrchestrationOptions("one") { Tags = new Dictionary<string, string> { ["user"] = "ann" } }, "Child");
        Assert.Equal("in at 0", App.Output<string>(id));
        App.Host.Advance(TimeSpan.FromHours(1));

        Assert.Equal("one", App.Ask(client => client.RestartAsync("one")));
        Assert.Equal("in at 1", App.Output<string>("one"));
        string other = App.Ask(client => client.RestartAsync("one", restartWithNewInstanceId: true));

        Assert.NotEqual("one", other);
        Assert.Equal("in at 1", App.Output<string>(other));
        Assert.Equal("ann", App.Get(other).Tags["user"]);
    }

    [Fact]
    public void Only_an_instance_that_has_ended_is_restarted_under_its_id()
    {
        string id = App.Start(static async context => await context.WaitForExternalEvent<string>("never"));
        App.Settle();

        Assert.Throws<InvalidOperationException>(() => App.Ask(client => client.RestartAsync(id)));
        Assert.Throws<ArgumentException>(() => App.Ask(client => client.RestartAsync("unknown")));
        Assert.NotEqual(id, App.Ask(client => client.RestartAsync(id, restartWithNewInstanceId: true)));
    }

    [Fact]
    public void Purging_forgets_an_instance_that_has_ended_and_no_other()
    {
        App.Scripts.Child = static async context => await context.WaitForExternalEvent<string>("end");
        string ended = App.Run(static _ => Task.FromResult<object?>(null)).InstanceId;
        string running = App.Start(name: "Child");
        App.Settle();

        Assert.Equal(1, Purge(ended));
        Assert.Equal(0, Purge(ended));
        Assert.Throws<InvalidOperationException>(() => Purge(running));
        Assert.Equal(0, Purge("unknown"));
        Assert.Null(App.Find(ended));
        App.Raise(running, "end", "ended");
        Assert.Equal("ended", App.Output<string>(running));

        int Purge(string id) => App.Ask(client => client.PurgeInstanceAsync(id)).PurgedInstanceCount;
    }

    [Fact]
    public void Purging_takes_the_sub_orchestrations_along_when_asked_to()
    {
        App.Scripts.Main = static async context =>
            await context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: $"{context.InstanceId}:child"));
        App.End(App.Start("alone"));
        App.End(App.Start("all"));

        Assert.Equal(1, App.Ask(client => client.PurgeInstanceAsync("alone")).PurgedInstanceCount);
        Assert.Equal(2, App.Ask(client => client.PurgeInstanceAsync("all", new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount);

        Assert.NotNull(App.Find("alone:child"));
        Assert.Null(App.Find("all:child"));
    }

    [Fact]
    public void Purging_by_a_filter_forgets_what_has_ended_and_passes_it()
    {
        DateTimeOffset start = App.Host.Now;
        App.Scripts.Main = static async context => context.InstanceId[0] switch
        {
            'f' => throw new InvalidOperationException("no"),
            'r' => await context.WaitForExternalEvent<string>("never"),
            _ => null,
        };
        foreach (string id in new[] { "c1", "f1", "r1" })
            App.Start(id);
        App.Host.Advance(TimeSpan.FromHours(1));
        foreach (string id in new[] { "c2", "f2", "r2" })
            App.Start(id);
        App.Settle();

        Assert.Equal(1, Purge(new PurgeInstancesFilter(CreatedTo: start, Statuses: [OrchestrationRuntimeStatus.Failed])));
        Assert.Equal(["c1", "c2", "f2", "r1", "r2"], Left());
        Assert.Equal(1, Purge(new PurgeInstancesFilter(CreatedTo: start)));
        Assert.Equal(["c2", "f2", "r1", "r2"], Left());
        Assert.Equal(2, Purge(new PurgeInstancesFilter()));
        Assert.Equal(["r1", "r2"], Left());

        int Purge(PurgeInstancesFilter filter) => App.Ask(client => client.PurgeAllInstancesAsync(filter)).PurgedInstanceCount;
        IEnumerable<string> Left() => App.List(client => client.GetAllInstancesAsync()).Select(instance => instance.InstanceId);
    }

    [Fact]
    public void A_started_instance_is_seen_only_when_its_start_is_durable()
    {
        App.Host.CrashAfter(0, isKept: false);

        Assert.Throws<Preempt.Testing.HostCrashedException>(() => App.Start("lost"));

        Assert.Null(App.Find("lost"));
        Assert.Equal("lost", App.Start("lost"));
    }
}

public sealed class ReplayedLifecycleTests() : LifecycleTests(replays: true);

public sealed class StickyLifecycleTests() : LifecycleTests(replays: false);
