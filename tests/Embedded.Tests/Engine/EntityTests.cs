using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Entities.</summary>
public abstract class EntityTests(bool replays) : EngineFacts(replays)
{
    private static readonly EntityInstanceId Other = new("Counter", "other");

    [Fact]
    public void An_orchestrator_calls_and_signals_entities_in_order()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            await context.Entities.SignalEntityAsync(EngineApp.CounterId, "Add", 1);
            int two = await context.Entities.CallEntityAsync<int>(EngineApp.CounterId, "Add", 1);
            await context.Entities.CallEntityAsync(EngineApp.CounterId, "Add", 10);
            await context.Entities.SignalEntityAsync(EngineApp.CounterId, "Add", 100);
            return $"{two} {await context.Entities.CallEntityAsync<int>(EngineApp.CounterId, "Get")}";
        });

        Assert.Equal("2 112", ended.ReadOutputAs<string>());
    }

    [Fact]
    public void Signals_of_a_client_arrive_in_order()
    {
        List<int> order = [];
        App.Scripts.Entity = operation =>
        {
            order.Add(operation.GetInput<int>());
            return default;
        };

        for (int i = 0; i < 1000; i++)
            App.Signal(EngineApp.EntityId, "note", i);
        App.Settle();

        Assert.Equal(Enumerable.Range(0, 1000), order);
    }

    [Fact]
    public void One_operation_runs_at_a_time()
    {
        int running = 0;
        int most = 0;
        App.Scripts.Entity = async operation =>
        {
            most = Math.Max(most, ++running);
            await Task.Yield();
            running--;
            return null;
        };

        for (int i = 0; i < 20; i++)
            App.Signal(EngineApp.EntityId, "work");
        App.Settle();

        Assert.Equal((0, 1), (running, most));
    }

    [Fact]
    public void An_operation_that_throws_rolls_its_state_back_and_fails_its_caller()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            await context.Entities.CallEntityAsync(EngineApp.CounterId, "Add", 5);
            try
            {
                await context.Entities.CallEntityAsync<int>(EngineApp.CounterId, "AddAndFail", 1);
            }
            catch (EntityOperationFailedException exception)
            {
                int count = await context.Entities.CallEntityAsync<int>(EngineApp.CounterId, "Get");
                bool isCause = exception.FailureDetails.IsCausedBy<InvalidOperationException>();
                return $"{exception.EntityId} {exception.OperationName} {isCause} {exception.FailureDetails.ErrorMessage}: {count}";
            }

            return null;
        });

        Assert.Equal("@counter@c AddAndFail True after all, no: 5", ended.ReadOutputAs<string>());
    }

    [Fact]
    public void An_operation_that_throws_undoes_what_it_sent_and_started()
    {
        App.Scripts.Entity = static operation =>
        {
            operation.Context.SignalEntity(EngineApp.CounterId, "Add", 1);
            operation.Context.ScheduleNewOrchestration("Main", null, new StartOrchestrationOptions("undone"));
            return operation.Name == "fail" ? throw new InvalidOperationException("no") : default;
        };

        App.Signal(EngineApp.EntityId, "fail");
        App.Settle();
        Assert.Null(App.Find("undone"));
        App.Signal(EngineApp.EntityId, "work");
        App.Settle();

        Assert.NotNull(App.Find("undone"));
        Assert.Equal(1, App.State<int>(EngineApp.CounterId));
        Assert.Contains(App.Logs.Entries, entry => entry.Message.Contains("Signal fail to @entity@e failed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_failed_operation_has_not_changed_the_object_that_the_state_is()
    {
        App.Scripts.Entity = static operation =>
        {
            List<string> names = operation.State.GetState<List<string>>() ?? [];
            names.Add(operation.Name);
            if (operation.Name == "bad")
                throw new InvalidOperationException("no");
            operation.State.SetState(names);
            return default;
        };

        foreach (string name in new[] { "a", "bad", "b" })
        {
            App.Signal(EngineApp.EntityId, name);
            App.Settle();
        }

        Assert.Equal(["a", "b"], App.State<List<string>>(EngineApp.EntityId));
    }

    [Fact]
    public void A_change_to_a_state_that_is_not_set_is_lost()
    {
        App.Scripts.Entity = static operation =>
        {
            List<string> names = operation.State.GetState<List<string>>() ?? [];
            names.Add(operation.Name);
            if (operation.Name != "forget")
                operation.State.SetState(names);
            return default;
        };

        foreach (string name in new[] { "a", "forget", "b" })
        {
            App.Signal(EngineApp.EntityId, name);
            App.Settle();
        }

        Assert.Equal(["a", "b"], App.State<List<string>>(EngineApp.EntityId));
    }

    [Fact]
    public void A_deleted_entity_is_gone_and_begins_again()
    {
        App.Signal(EngineApp.CounterId, "Add", 5);
        App.Settle();
        App.Signal(EngineApp.CounterId, "delete");
        App.Settle();
        Assert.Null(App.Ask(client => client.Entities.GetEntityAsync(EngineApp.CounterId)));

        App.Signal(EngineApp.CounterId, "Add", 1);
        App.Settle();

        Assert.Equal(1, App.State<int>(EngineApp.CounterId));
    }

    [Fact]
    public void An_entity_starts_an_orchestration_under_the_id_that_it_chooses()
    {
        App.Scripts.Main = static context => Task.FromResult<object?>($"{context.GetInput<int>()} {context.Parent is null}");
        App.Scripts.Entity = static operation =>
            new(operation.Context.ScheduleNewOrchestration("Main", 7, new StartOrchestrationOptions("chosen")));

        App.Signal(EngineApp.EntityId, "start");
        App.Settle();

        Assert.Equal("7 True", App.Output<string>("chosen"));
    }

    [Fact]
    public void What_an_entity_starts_under_an_id_that_runs_goes_on_as_it_is()
    {
        App.Scripts.Main = static async context => $"{context.GetInput<string>()} {await context.WaitForExternalEvent<string>("end")}";
        App.Start("taken", "first");
        App.Scripts.Entity = static operation =>
            new(operation.Context.ScheduleNewOrchestration("Main", "second", new StartOrchestrationOptions("taken")));

        App.Signal(EngineApp.EntityId, "start");
        App.Settle();
        App.Raise("taken", "end", "ended");

        Assert.Equal("first ended", App.Output<string>("taken"));
    }

    [Fact]
    public void An_entity_signals_another()
    {
        App.Scripts.Entity = static operation =>
        {
            operation.Context.SignalEntity(EngineApp.CounterId, "Add", 3);
            return default;
        };

        App.Signal(EngineApp.EntityId, "pass");
        App.Settle();

        Assert.Equal(3, App.State<int>(EngineApp.CounterId));
    }

    [Fact]
    public void A_scheduled_signal_waits_for_its_time_even_across_a_crash()
    {
        App.Signal(EngineApp.CounterId, "Add", 1, App.Host.Now.AddHours(2));
        App.Run(async context =>
        {
            await context.Entities.SignalEntityAsync(
                EngineApp.CounterId, "Add", 10, new SignalEntityOptions { SignalTime = context.CurrentUtcDateTime.AddHours(3) });
            return null;
        });
        App.Scripts.Entity = operation =>
        {
            operation.Context.SignalEntity(EngineApp.CounterId, "Add", 100, new SignalEntityOptions { SignalTime = App.Host.Now.AddHours(4) });
            return default;
        };
        App.Signal(EngineApp.EntityId, "schedule");
        App.Settle();

        App.Host.Crash();

        App.Host.Advance(TimeSpan.FromHours(1));
        Assert.Null(App.Ask(client => client.Entities.GetEntityAsync(EngineApp.CounterId)));
        App.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, App.State<int>(EngineApp.CounterId));
        App.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(11, App.State<int>(EngineApp.CounterId));
        App.Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(111, App.State<int>(EngineApp.CounterId));
    }

    [Fact]
    public void An_entity_that_nobody_wrote_fails_its_caller()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            try
            {
                return await context.Entities.CallEntityAsync<string>(new EntityInstanceId("nobody", "x"), "do");
            }
            catch (EntityOperationFailedException exception)
            {
                return exception.FailureDetails.ErrorMessage;
            }
        });

        Assert.Contains("'nobody'", ended.ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_entities_do_not_distinguish_case_and_keys_do()
    {
        App.Signal(new EntityInstanceId("COUNTER", "c"), "Add", 1);
        App.Signal(new EntityInstanceId("counter", "C"), "Add", 10);
        App.Settle();

        Assert.Equal(1, App.State<int>(EngineApp.CounterId));
    }

    [Fact]
    public void An_entity_query_finds_by_name_key_and_time()
    {
        App.Signal(EngineApp.CounterId, "Add", 1);
        App.Settle();
        App.Host.Advance(TimeSpan.FromHours(1));
        App.Signal(Other, "Add", 2);
        App.Scripts.Entity = static operation =>
        {
            operation.State.SetState("text");
            return default;
        };
        App.Signal(EngineApp.EntityId, "set");
        App.Settle();

        Assert.Equal(["@counter@c", "@counter@other", "@entity@e"], Ids(new EntityQuery()));
        Assert.Equal(["@counter@c", "@counter@other"], Ids(new EntityQuery { InstanceIdStartsWith = "Counter" }));
        Assert.Equal(["@counter@other"], Ids(new EntityQuery { InstanceIdStartsWith = "@Counter@o" }));
        Assert.Equal(["@counter@other", "@entity@e"], Ids(new EntityQuery { LastModifiedFrom = App.Host.Now }));
        Assert.Equal(["@counter@c"], Ids(new EntityQuery { LastModifiedTo = App.Host.Now.AddMinutes(-1) }));
        Assert.Equal(3, App.List(client => client.Entities.GetAllEntitiesAsync(new EntityQuery { PageSize = 1 })).Count);
    }

    [Fact]
    public void An_entity_query_comes_in_pages_that_follow_each_other()
    {
        for (int key = 0; key < 5; key++)
            App.Signal(new EntityInstanceId("Counter", $"{key}"), "add", key);
        App.Settle();

        EntityQuery query = new() { InstanceIdStartsWith = "counter", PageSize = 2 };
        List<Page<EntityMetadata<int>>> pages =
            App.Ask(client => client.Entities.GetAllEntitiesAsync<int>(query).AsPages().ToListAsync().AsTask());
        List<EntityMetadata<int>> rest =
            App.List(client => client.Entities.GetAllEntitiesAsync<int>(query with { ContinuationToken = pages[0].ContinuationToken }));

        Assert.Equal([2, 2, 1], pages.Select(page => page.Values.Count));
        Assert.Equal([0, 1, 2, 3, 4], pages.SelectMany(page => page.Values).Select(entity => entity.State));
        Assert.Equal(["2", "3", "4"], rest.Select(entity => entity.Id.Key));
    }

    [Fact]
    public void Entity_locks_are_refused_with_what_to_do_instead()
    {
        OrchestrationMetadata ended = App.Run(static async context =>
        {
            Assert.False(context.Entities.InCriticalSection(out _));
            await context.Entities.LockEntitiesAsync([EngineApp.CounterId]);
            return null;
        });

        Assert.True(ended.FailureDetails!.IsCausedBy<NotSupportedException>());
        Assert.Contains("call one entity, and let it decide", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entity_query_has_states_when_it_is_asked_for_them()
    {
        App.Signal(EngineApp.CounterId, "Add", 1);
        App.Settle();

        EntityMetadata<int> typed = Assert.Single(App.List(client => client.Entities.GetAllEntitiesAsync<int>()));
        EntityMetadata text = Assert.Single(App.List(client => client.Entities.GetAllEntitiesAsync()));
        EntityMetadata bare = Assert.Single(App.List(client => client.Entities.GetAllEntitiesAsync(new EntityQuery { IncludeState = false })));

        Assert.Equal(1, typed.State);
        Assert.Equal("1", text.State.Value);
        Assert.False(bare.IncludesState);
        Assert.Equal(App.Host.Now, bare.LastModifiedTime);
    }

    private IEnumerable<string> Ids(EntityQuery query) =>
        App.List(client => client.Entities.GetAllEntitiesAsync(query)).Select(entity => entity.Id.ToString());
}

public sealed class ReplayedEntityTests() : EntityTests(replays: true);

public sealed class StickyEntityTests() : EntityTests(replays: false);
