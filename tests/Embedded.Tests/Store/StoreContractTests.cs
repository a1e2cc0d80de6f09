using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;
using static Preempt.Embedded.Tests.Store.Samples;

namespace Preempt.Embedded.Tests.Store;

/// <summary>What the engine expects of any store.</summary>
public abstract class StoreContractTests
{
    /// <summary>Characters that sort otherwise in UTF-8, in a culture or by case, and some that end text elsewhere.</summary>
    private static readonly string[] OddIds =
        ["a", "A", "a:", "a:1", "a:10", "a:2", "a_", "aa", "ä", "a\u0301", "a\0b", "a%", "a'", "a\"", "a*", "a\uE000", "a\uFFFF", "a😀", "a\uD83D", "b", "z", "日本", "😀"];

    private protected abstract IStore Store { get; }

    /// <summary>What the next process finds.</summary>
    private protected abstract void Restart();

    [Fact]
    public async Task Every_kind_of_event_comes_back_as_it_was()
    {
        HistoryEvent[] events = EveryEvent();
        await Store.StartAsync(Header("one"));
        await Store.CommitAsync(new Commit { Header = Header("one") }.With(events[..5]));
        await Store.CommitAsync(new Commit { Header = Header("one") }.With(events[5..]));

        Assert.Equal(events.Select(Text), Store.ReadHistory("one").Select(Text));
        Restart();
        Assert.Equal(events.Select(Text), Store.ReadHistory("one").Select(Text));
    }

    [Fact]
    public void Every_kind_of_event_is_among_the_samples()
    {
        IEnumerable<Type> kinds = typeof(HistoryEvent).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), false)
            .Cast<JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType);
        Assert.Empty(kinds.Except(EveryEvent().Select(sample => sample.GetType())));
    }

    [Fact]
    public async Task A_header_comes_back_with_all_its_fields()
    {
        InstanceHeader full = FullHeader("full");
        Assert.All(
            typeof(InstanceHeader).GetProperties().Where(property => property.Name != nameof(InstanceHeader.Damage)),
            property => Assert.NotNull(property.GetValue(full)));
        InstanceHeader bare = Header("bare");
        await Store.StartAsync(full);
        await Store.StartAsync(bare);

        AssertSame(full, Store.FindInstance("full"));
        AssertSame(bare, Store.FindInstance("bare"));
        Restart();
        AssertSame(full, Store.FindInstance("full"));
        AssertSame(bare, Store.FindInstance("bare"));
    }

    [Fact]
    public async Task What_is_not_there_is_null_or_empty()
    {
        await Store.StartAsync(Header("one"));
        Assert.Null(Store.FindInstance("other"));
        Assert.Null(Store.FindEntity("@other@key"));
        Assert.Empty(Store.ReadHistory("other"));
        Assert.Empty(Store.ReadHistory("one"));
        Assert.Empty(Store.ListInstances("other", null, 10, static _ => true));
        Assert.Empty(Store.ListEntities("", null, 10, static _ => true));
    }

    [Fact]
    public async Task A_turn_changes_the_header_and_appends_to_the_history()
    {
        InstanceHeader header = Header("one");
        await Store.StartAsync(header);
        header = header with
        {
            Status = OrchestrationRuntimeStatus.Running,
            CustomStatus = "\"half\"",
            UpdatedAt = header.UpdatedAt.AddSeconds(1),
        };
        await Store.CommitAsync(new Commit { Header = header }.With(new EventRaised("a", null)));
        await Store.CommitAsync(new Commit { Header = header });
        await Store.CommitAsync(new Commit { Header = header }.With(new EventRaised("b", null), new EventRaised("c", null)));
        Restart();
        header = header with { Status = OrchestrationRuntimeStatus.Completed, Output = "[1]" };
        await Store.CommitAsync(new Commit { Header = header }.With(new EventRaised("d", null)));

        AssertSame(header, Store.FindInstance("one"));
        Assert.Equal(["a", "b", "c", "d"], Store.ReadHistory("one").Cast<EventRaised>().Select(raised => raised.Name));
    }

    [Fact]
    public async Task Starting_an_ended_instance_again_replaces_it_and_its_history()
    {
        await Store.StartAsync(Header("one"));
        await Store.CommitAsync(new Commit { Header = Ended("one") with { Output = "1" } }.With(new EventRaised("old", null)));
        Restart();
        InstanceHeader again = Header("one") with { Name = "Other", ExecutionId = "second", Input = "2" };
        await Store.StartAsync(again);
        AssertSame(again, Store.FindInstance("one"));
        Assert.Empty(Store.ReadHistory("one"));

        await Store.CommitAsync(new Commit { Header = again }.With(new EventRaised("new", null)));
        Restart();
        AssertSame(again, Store.FindInstance("one"));
        Assert.Equal(new EventRaised("new", null), Assert.Single(Store.ReadHistory("one")));
        Assert.Single(Store.ListInstances("", null, 10, static _ => true));
    }

    [Fact]
    public async Task An_ended_instance_that_is_to_be_kept_is_not_replaced_and_nothing_of_the_commit_is_there()
    {
        await Store.StartAsync(Header("a"));
        await Store.CommitAsync(new Commit { Header = Ended("a") }.With(new TimerFired(1)));
        Commit again = new()
        {
            Started = { Header("a") with { Name = "Other" } },
            Kept = ["Failed", "Completed"],
            Deliveries = { new Delivery("b", new TimerFired(2)) },
        };
        InstanceKeptException refusal = await Assert.ThrowsAsync<InstanceKeptException>(() => Store.CommitAsync(again));
        Assert.Contains("'a' exists and is Completed", refusal.Message, StringComparison.Ordinal);
        Assert.Equivalent(Ended("a"), Store.FindInstance("a"), strict: true);
        Assert.Equal([new TimerFired(1)], Store.ReadHistory("a"));
        Assert.Empty(Store.ReadUnfinished().Deliveries);

        await Store.CommitAsync(new Commit { Started = { Header("a") }, Kept = ["Failed", "Terminated"] });
        Assert.Equal(OrchestrationRuntimeStatus.Pending, Store.FindInstance("a")!.Status);
        await Store.CommitAsync(new Commit { Started = { Header("new") }, Kept = ["Completed"] });
        Assert.NotNull(Store.FindInstance("new"));
    }

    [Fact]
    public async Task Resetting_the_history_drops_it_and_renews_what_the_instance_began_with()
    {
        await Store.StartAsync(Header("one"));
        await Store.CommitAsync(new Commit { Header = Header("one") }.With(new EventRaised("old", null)));
        InstanceHeader renewed = Header("one") with { ExecutionId = "second", Input = "[2]", Version = "v2" };
        await Store.CommitAsync(new Commit { Header = renewed, ResetHistory = true });
        AssertSame(renewed, Store.FindInstance("one"));
        Assert.Empty(Store.ReadHistory("one"));

        await Store.CommitAsync(new Commit { Header = renewed }.With(new EventRaised("a", null)));
        await Store.CommitAsync(new Commit { Header = renewed, ResetHistory = true }.With(new EventRaised("b", null)));
        Restart();
        Assert.Equal(new EventRaised("b", null), Assert.Single(Store.ReadHistory("one")));
    }

    [Fact]
    public async Task Messages_wait_in_the_order_of_their_sequences_until_they_are_consumed()
    {
        Commit first = new();
        first.Deliveries.Add(new Delivery("one", new EventRaised("a", "{}"), "execution"));
        first.Requests.Add(new EntityRequest("@counter@x", "add", "1", new EntityCaller("one", "execution", 3)));
        Commit second = new();
        second.Deliveries.Add(new Delivery("one", new EventRaised("b", null)));
        second.Deliveries.Add(new Delivery("two", new TaskCompleted(7, "\"ü\\\"\"")));
        second.Requests.Add(new EntityRequest("@counter@x", "get", null, NotBefore: Noon.AddDays(1)));
        await Store.CommitAsync(first);
        await Store.CommitAsync(second);

        long[] sequences = [.. first.Deliveries.Concat(second.Deliveries).Select(delivery => delivery.Sequence)];
        Assert.DoesNotContain(0, sequences);
        Assert.Equal(sequences.Order().Distinct(), sequences);
        Assert.True(first.Requests[0].Sequence < second.Requests[0].Sequence);
        Unfinished waiting = Store.ReadUnfinished();
        Assert.Equal([.. first.Deliveries, .. second.Deliveries], waiting.Deliveries);
        Assert.Equal([.. first.Requests, .. second.Requests], waiting.Requests);

        Restart();
        Commit third = new();
        third.Consumed.AddRange([first.Deliveries[0].Sequence, second.Requests[0].Sequence]);
        third.Deliveries.Add(new Delivery("one", new EventRaised("c", null)));
        await Store.CommitAsync(third);
        Restart();
        waiting = Store.ReadUnfinished();
        Assert.Equal([.. second.Deliveries, .. third.Deliveries], waiting.Deliveries);
        Assert.Equal(first.Requests, waiting.Requests);
    }

    [Fact]
    public async Task Unfinished_instances_come_in_the_order_of_their_starts()
    {
        foreach (string id in new[] { "m", "z", "a", "k" })
            await Store.StartAsync(Header(id));
        await Store.CommitAsync(new Commit { Header = Ended("z") });
        await Store.CommitAsync(new Commit { Header = Ended("m") });
        await Store.CommitAsync(new Commit { Header = Header("a") with { Status = OrchestrationRuntimeStatus.Suspended } });
        await Store.StartAsync(Header("b"));
        await Store.StartAsync(Header("m"));
        Restart();
        Assert.Equal(["a", "k", "b", "m"], Store.ReadUnfinished().Instances.Select(header => header.InstanceId));
        AssertSame(Header("a") with { Status = OrchestrationRuntimeStatus.Suspended }, Store.ReadUnfinished().Instances[0]);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated)]
    public async Task An_ended_instance_is_not_unfinished_and_can_be_read(OrchestrationRuntimeStatus status)
    {
        await Store.StartAsync(Header("one"));
        await Store.CommitAsync(new Commit { Header = Header("one") with { Status = status } });
        Restart();
        Assert.Empty(Store.ReadUnfinished().Instances);
        Assert.Equal(status, Store.FindInstance("one")?.Status);
    }

    [Fact]
    public async Task Entities_come_back_until_their_state_is_gone()
    {
        EntityRecord first = new("@counter@x", "{\"Value\":1}", Noon);
        EntityRecord second = new("@counter@y", "null", Noon.AddTicks(1));
        await Store.CommitAsync(new Commit { Entity = first });
        await Store.CommitAsync(new Commit { Entity = second });
        await Store.CommitAsync(new Commit { Entity = first = first with { State = "{}", UpdatedAt = Noon.AddDays(1) } });
        Assert.Equal(first, Store.FindEntity("@counter@x"));
        Restart();
        Assert.Equal(first, Store.FindEntity("@counter@x"));
        Assert.Equal(second, Store.FindEntity("@counter@y"));

        await Store.CommitAsync(new Commit { Entity = first with { State = null } });
        await Store.CommitAsync(new Commit { Entity = new EntityRecord("@counter@never", null, Noon) });
        Restart();
        Assert.Null(Store.FindEntity("@counter@x"));
        Assert.Equal([second], Store.ListEntities("", null, 10, static _ => true));
    }

    [Fact]
    public async Task Instances_are_listed_by_prefix_in_ordinal_order()
    {
        foreach (string id in OddIds.Reverse())
            await Store.StartAsync(Header(id));
        Restart();
        foreach (string prefix in OddIds.Append("").Append("c").Append("a:1000"))
        {
            string[] expected = [.. OddIds.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            Assert.Equal(expected, Store.ListInstances(prefix, null, 100, static _ => true).Select(header => header.InstanceId));
        }
    }

    [Fact]
    public async Task Entities_are_listed_by_prefix_in_ordinal_order()
    {
        string[] ids = [.. OddIds.Select(id => $"@gate@{id}").Append("@gat@x").Append("@gatf@x")];
        foreach (string id in ids)
            await Store.CommitAsync(new Commit { Entity = new EntityRecord(id, "1", Noon) });
        Restart();
        string[] expected = [.. OddIds.Select(id => $"@gate@{id}").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Store.ListEntities("@gate@", null, 100, static _ => true).Select(record => record.Id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pages_follow_each_other_without_gaps_and_repeats(int size)
    {
        foreach (string id in OddIds)
            await Store.StartAsync(Header(id));
        List<string> seen = [];
        string? after = null;
        while (Store.ListInstances("a", after, size, Passes) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= size);
            seen.AddRange(page.Select(header => header.InstanceId));
            after = seen[^1];
        }

        string[] expected = [.. OddIds.Where(id => id.StartsWith('a') && id != "a:10").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, seen);

        static bool Passes(InstanceHeader header) => header.InstanceId != "a:10";
    }

    [Theory]
    [InlineData("0", new[] { "a1", "a2" })]
    [InlineData("a1", new[] { "a2" })]
    [InlineData("a11", new[] { "a2" })]
    [InlineData("b", new string[0])]
    [InlineData("zzz", new string[0])]
    public async Task A_page_may_begin_after_an_id_that_is_not_there(string after, string[] expected)
    {
        foreach (string id in new[] { "a1", "a2", "b", "z" })
            await Store.StartAsync(Header(id));
        Assert.Equal(expected, Store.ListInstances("a", after, 10, static _ => true).Select(header => header.InstanceId));
    }

    [Fact]
    public async Task A_purged_instance_is_gone_with_its_history()
    {
        await Store.StartAsync(Header("one"));
        await Store.StartAsync(Header("two"));
        await Store.CommitAsync(new Commit { Header = Ended("one") }.With(new EventRaised("a", null)));
        Commit purge = new();
        purge.Purged.AddRange(["one", "never"]);
        await Store.CommitAsync(purge);
        Assert.Null(Store.FindInstance("one"));
        Restart();
        Assert.Null(Store.FindInstance("one"));
        Assert.Empty(Store.ReadHistory("one"));
        Assert.Equal("two", Assert.Single(Store.ListInstances("", null, 10, static _ => true)).InstanceId);

        await Store.StartAsync(Header("one"));
        Assert.Empty(Store.ReadHistory("one"));
    }

    [Fact]
    public async Task One_commit_changes_everything_that_it_names()
    {
        await Store.StartAsync(Header("parent"));
        Commit message = new();
        message.Deliveries.Add(new Delivery("parent", new EventRaised("go", null)));
        await Store.CommitAsync(message);

        Commit turn = new() { Header = Ended("parent") with { Output = "1" }, Entity = new EntityRecord("@e@1", "2", Noon) };
        turn.History.Add(new TurnStarted(Noon.UtcDateTime));
        turn.Started.AddRange([Header("child1"), Header("child2")]);
        turn.Consumed.Add(message.Deliveries[0].Sequence);
        turn.Deliveries.Add(new Delivery("child1", new EventRaised("hello", null)));
        turn.Requests.Add(new EntityRequest("@e@1", "op", null));
        await Store.CommitAsync(turn);

        Restart();
        Assert.Equal("1", Store.FindInstance("parent")?.Output);
        Assert.Equal(new TurnStarted(Noon.UtcDateTime), Assert.Single(Store.ReadHistory("parent")));
        Assert.Equal("2", Store.FindEntity("@e@1")?.State);
        Unfinished unfinished = Store.ReadUnfinished();
        Assert.Equal(["child1", "child2"], unfinished.Instances.Select(header => header.InstanceId));
        Assert.Equal(turn.Deliveries, unfinished.Deliveries);
        Assert.Equal(turn.Requests, unfinished.Requests);
    }

    [Fact]
    public async Task Large_payloads_come_back()
    {
        string large = JsonSerializer.Serialize(new string('ü', 3_000_000));
        await Store.StartAsync(Header("one") with { Input = large });
        await Store.CommitAsync(new Commit { Header = Ended("one") with { Input = large, Output = large } }.With(new EventRaised("e", large)));
        Restart();
        Assert.Equal(large, Store.FindInstance("one")?.Input);
        Assert.Equal(large, Store.FindInstance("one")?.Output);
        Assert.Equal(new EventRaised("e", large), Assert.Single(Store.ReadHistory("one")));
    }

    [Fact]
    public async Task Empty_text_is_not_null()
    {
        await Store.StartAsync(Header("one") with { Input = "", CustomStatus = "", Output = "", Version = "" });
        await Store.CommitAsync(new Commit { Entity = new EntityRecord("@e@", "", Noon) });
        Restart();
        AssertSame(Header("one") with { Input = "", CustomStatus = "", Output = "", Version = "" }, Store.FindInstance("one"));
        Assert.Equal("", Store.FindEntity("@e@")?.State);
    }

    [Fact]
    public async Task Many_threads_commit_at_once_and_nothing_is_lost_or_out_of_order()
    {
        const int Threads = 16;
        const int Turns = 200;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => CommitTurnsAsync($"i{thread:00}", Turns))));
        Restart();
        for (int thread = 0; thread < Threads; thread++)
        {
            string id = $"i{thread:00}";
            Assert.Equal(Turns.ToString(System.Globalization.CultureInfo.InvariantCulture), Store.FindInstance(id)?.CustomStatus);
            Assert.Equal(Enumerable.Range(1, Turns), Store.ReadHistory(id).Cast<TimerFired>().Select(fired => fired.Id));
        }

        Unfinished unfinished = Store.ReadUnfinished();
        Assert.Equal(Threads * Turns, unfinished.Deliveries.Count);
        foreach (IGrouping<string, Delivery> messages in unfinished.Deliveries.GroupBy(delivery => delivery.Target))
            Assert.Equal(Enumerable.Range(1, Turns), messages.Select(delivery => ((TimerFired)delivery.Event).Id));
    }

    /// <summary>As the engine does: many instances at once, each with one commit at a time, seen as soon as it is acknowledged.</summary>
    private async Task CommitTurnsAsync(string id, int turns)
    {
        await Store.StartAsync(Header(id));
        for (int turn = 1; turn <= turns; turn++)
        {
            string status = turn.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Commit commit = new Commit { Header = Header(id) with { CustomStatus = status } }.With(new TimerFired(turn));
            commit.Deliveries.Add(new Delivery(id, new TimerFired(turn)));
            await Store.CommitAsync(commit);
            Assert.Equal(status, Store.FindInstance(id)?.CustomStatus);
        }
    }

    [Fact]
    public async Task Commits_of_one_sender_take_effect_in_order_even_when_it_does_not_wait()
    {
        const int Count = 3000;
        await Store.StartAsync(Header("one"));
        List<Task> commits = [];
        List<int> acknowledged = [];
        for (int i = 1; i <= Count; i++)
        {
            int number = i;
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Store.Commit(new Commit { Header = Header("one") }.With(new TimerFired(number)), failure =>
            {
                acknowledged.Add(number);
                done.SetResult();
            });
            commits.Add(done.Task);
        }

        await Task.WhenAll(commits);
        Assert.Equal(Enumerable.Range(1, Count), acknowledged);
        Assert.Equal(Enumerable.Range(1, Count), Store.ReadHistory("one").Cast<TimerFired>().Select(fired => fired.Id));
    }

    [Fact]
    public async Task A_sender_may_commit_again_as_soon_as_it_is_told()
    {
        TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = 100;
        Again(null);
        await finished.Task;
        Assert.Equal(100, Store.ReadUnfinished().Deliveries.Count);

        void Again(Exception? failure)
        {
            if (failure is not null)
                finished.SetException(failure);
            else if (left-- == 0)
                finished.SetResult();
            else
                Store.Commit(new Commit { Deliveries = { new Delivery("x", new TimerFired(left)) } }, Again);
        }
    }

    private static string Text(HistoryEvent happened) => JsonSerializer.Serialize(happened);

    /// <summary>Compares headers by all that is in them; their tags and failures are not equal by value.</summary>
    private static void AssertSame(InstanceHeader expected, InstanceHeader? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(Text(expected), Text(actual));

        static string Text(InstanceHeader header) =>
            JsonSerializer.Serialize(header with { Tags = ImmutableDictionary<string, string>.Empty }) + string.Join('|', header.Tags.OrderBy(tag => tag.Key));
    }
}
