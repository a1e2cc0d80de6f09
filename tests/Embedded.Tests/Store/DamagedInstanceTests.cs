using System.Text;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Store;

/// <summary>A store in which an instance is no instance any more: it fails, and says why; the app starts, and all others go on.</summary>
public sealed class DamagedInstanceTests : IDisposable
{
    private readonly DamagedStore _store = new();

    public static TheoryData<string> Histories => ["", "null", "[null]", "[", "[{\"$\":\"none\"}]", "[{\"$\":\"task\"}]", "\0\u00ff", "[{\"$\":\"taskFailed\",\"Failure\":null}]"];

    /// <summary>Columns without which an instance cannot go on.</summary>
    public static TheoryData<string, object> Needed => new()
    {
        { "origin", "" },
        { "origin", "null" },
        { "origin", "[]" },
        { "origin", "{\"Version\":\"1" },
        { "origin", "{\"StartAt\":\"soon\"}" },
        { "origin", "{\"Parent\":{}}" },
        { "origin", "{\"Parent\":{\"Name\":\"a\",\"ExecutionId\":\"b\"}}" },
        { "origin", "{\"Tags\":{\"a\":null}}" },
        { "origin", DamagedStore.NoText },
        { "name", "" },
        { "name", DamagedStore.NoText },
        { "input", DamagedStore.NoText },
        { "execution", "" },
        { "execution", DamagedStore.NoText },
        { "status", -1L },
        { "status", 1L },
        { "status", 99L },
        { "status", 1L << 32 },
        { "status", long.MaxValue },
    };

    /// <summary>Columns that are written anew, or that only lists show.</summary>
    public static TheoryData<string, object> Replaceable => new()
    {
        { "created_at", -1L },
        { "created_at", long.MaxValue },
        { "updated_at", long.MinValue },
        { "updated_at", DateTimeOffset.MaxValue.Ticks + 1 },
        { "custom_status", DamagedStore.NoText },
        { "output", DamagedStore.NoText },
        { "failure", "" },
        { "failure", "null" },
        { "failure", "{}" },
        { "failure", DamagedStore.NoText },
    };

    /// <summary>Latin-1: a character is a byte.</summary>
    public static TheoryData<string> Ids => ["", "\"\u00ed\u00ff\"", "\u00ff", "damaged\u00f0\u009f\u0098\u0080", "damaged\u00e0"];

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task A_damaged_history_fails_its_instance_and_the_others_go_on(string damage)
    {
        await _store.RunAsync(static client => client.StartAsync("Waits", "damaged", "whole"));
        _store.Damage("history", "events", damage, "instance = (SELECT number FROM instance WHERE CAST(id AS TEXT) = 'damaged')");
        await _store.RunAsync(static async client =>
        {
            await AssertFailedAsync(client, "damaged", "The history of 'damaged' in the store cannot be read: ");
            await client.CompleteAsync("whole");
        });
    }

    [Theory]
    [MemberData(nameof(Needed))]
    public async Task A_damaged_header_fails_its_instance_and_the_others_go_on(string column, object damage)
    {
        await _store.RunAsync(static client => client.StartAsync("Waits", "damaged", "whole"));
        _store.DamageInstance("damaged", column, damage);
        await _store.RunAsync(static async client =>
        {
            await AssertFailedAsync(client, "damaged", "The instance 'damaged' in the store cannot be read: its ");
            await client.CompleteAsync("whole");
            Assert.Equal(["damaged", "whole"], await client.ListAsync());
        });
        Assert.StartsWith("The instance 'damaged' in the store cannot be read: its ", Assert.Single(_store.Errors), StringComparison.Ordinal);

        // It has ended for good: the next start has nothing to say of it.
        await _store.RunAsync(static client => AssertFailedAsync(client, "damaged", "The instance 'damaged' in the store cannot be read: its "));
        Assert.Single(_store.Errors);
    }

    [Fact]
    public async Task A_damaged_instance_fails_even_if_it_is_suspended_or_has_not_begun()
    {
        await _store.RunAsync(static async client =>
        {
            await client.StartAsync("Waits", "damaged");
            await client.SuspendAsync("damaged");
            await client.RaiseEventAsync("damaged", "go");
            await client.ScheduleNewOrchestrationInstanceAsync(
                "Waits", "x", new StartOrchestrationOptions("later", DateTimeOffset.UtcNow.AddDays(1)));
        });
        _store.DamageInstance("damaged", "name", "");
        _store.DamageInstance("later", "name", "");
        await _store.RunAsync(static async client =>
        {
            await AssertFailedAsync(client, "damaged", "The instance 'damaged' in the store cannot be read: its name: ");
            await AssertFailedAsync(client, "later", "The instance 'later' in the store cannot be read: its name: ");
        });
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("name")]
    public async Task The_parent_of_a_damaged_instance_is_told(string column)
    {
        await _store.RunAsync(static async client =>
        {
            await client.StartParentAsync("parent-damaged", "Waits", "damaged");
            await client.StartParentAsync("parent-whole", "Waits", "whole");
        });
        _store.DamageInstance("damaged", column, "");
        await _store.RunAsync(static async client =>
        {
            Assert.Contains(
                "The instance 'damaged' in the store cannot be read: its ",
                (await client.EndAsync("parent-damaged")).FailureDetails!.ToString(),
                StringComparison.Ordinal);
            await client.CompleteAsync("whole");
            Assert.Equal("\"input of whole\"", (await client.EndAsync("parent-whole")).SerializedOutput);
        });
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task An_instance_whose_id_is_damaged_is_known_by_its_bytes_and_fails(string damage)
    {
        await _store.RunAsync(static client => client.StartAsync("Waits", "damaged", "whole"));
        _store.DamageInstance("damaged", "id", Encoding.Latin1.GetBytes(damage));
        string id = damage.Length == 0 ? "" : $"#{Convert.ToHexString(Encoding.Latin1.GetBytes(damage))}";
        await _store.RunAsync(async client =>
        {
            await AssertFailedAsync(client, id, $"The instance '{id}' in the store cannot be read: its id: ");
            await client.CompleteAsync("whole");
            Assert.Equal(damage is "\u00ff" ? ["whole", id] : [id, "whole"], await client.ListAsync());
            Assert.Equal(1, (await client.PurgeInstanceAsync(id)).PurgedInstanceCount);
            Assert.Equal(["whole"], await client.ListAsync());
        });
    }

    [Fact]
    public async Task An_instance_whose_id_is_damaged_is_in_its_place_in_a_list_with_a_prefix()
    {
        await _store.RunAsync(static client => client.StartAsync("Waits", "damaged", "damaged-1"));
        _store.DamageInstance("damaged", "id", (byte[])[.. "damaged"u8, 0xE0]);
        await _store.RunAsync(static async client => Assert.Equal(["damaged-1", "#64616D61676564E0"], await client.ListAsync("damaged")));
    }

    [Theory]
    [MemberData(nameof(Replaceable))]
    public async Task An_instance_goes_on_without_what_it_does_not_need(string column, object damage)
    {
        await _store.RunAsync(static client => client.StartAsync("Waits", "damaged", "whole"));
        _store.DamageInstance("damaged", column, damage);
        await _store.RunAsync(static async client =>
        {
            Assert.Equal(["damaged", "whole"], await client.ListAsync());
            await client.CompleteAsync("damaged");
            await client.CompleteAsync("whole");
        });
        Assert.StartsWith("The instance 'damaged' in the store cannot be read: its ", Assert.Single(_store.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Needed))]
    [MemberData(nameof(Replaceable))]
    public async Task An_instance_that_has_ended_is_listed_with_what_can_be_read(string column, object damage)
    {
        await _store.RunAsync(static async client =>
        {
            await client.StartAsync("Returns", "damaged");
            await client.StartAsync("Fails", "failed");
            await client.StartAsync("Returns", "whole");
        });
        object value = column == "status" && damage is 1L ? 0L : damage;
        _store.DamageInstance("damaged", column, value);
        _store.DamageInstance("failed", column, value);
        await _store.RunAsync(async client =>
        {
            Assert.Equal(["damaged", "failed", "whole"], await client.ListAsync());
            OrchestrationMetadata completed = await client.EndAsync("damaged");
            OrchestrationMetadata failed = await client.EndAsync("failed");
            Assert.Equal(column == "status" ? OrchestrationRuntimeStatus.Failed : OrchestrationRuntimeStatus.Completed, completed.RuntimeStatus);
            Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
            if (column != "output")
                Assert.Equal("\"input of damaged\"", completed.SerializedOutput);
            if (column == "status")
                Assert.Contains("its status: ", completed.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
            if (column == "failure")
                Assert.Contains("its failure: ", failed.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
            else
                Assert.Equal("It failed.", failed.FailureDetails!.ErrorMessage);
            Assert.InRange(completed.CreatedAt, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow);
            Assert.InRange(completed.LastUpdatedAt, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow);
        });
    }

    [Fact]
    public async Task An_instance_whose_status_is_damaged_is_kept_where_a_failed_one_is_to_be_kept()
    {
        await _store.RunAsync(static client => client.StartAsync("Returns", "damaged"));
        _store.DamageInstance("damaged", "status", 99L);
        await _store.RunAsync(static client => Assert.ThrowsAsync<InvalidOperationException>(() => client.ScheduleNewOrchestrationInstanceAsync(
            "Returns", null, new StartOrchestrationOptions("damaged").WithDedupeStatuses(OrchestrationRuntimeStatus.Failed))));
    }

    [Fact]
    public async Task An_instance_is_not_restarted_with_an_input_that_is_damaged()
    {
        await _store.RunAsync(static client => client.StartAsync("Returns", "damaged"));
        _store.DamageInstance("damaged", "input", DamagedStore.NoText);
        await _store.RunAsync(static async client =>
        {
            InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => client.RestartAsync("damaged"));
            Assert.Equal("The instance 'damaged' in the store cannot be read: its input: it is not UTF-8", refusal.Message);
        });
    }

    [Fact]
    public async Task A_damaged_history_keeps_no_instance_from_being_purged()
    {
        await _store.RunAsync(static client => client.StartAsync("Returns", "damaged", "whole"));
        _store.Execute("UPDATE history SET events = ''");
        await _store.RunAsync(static async client =>
        {
            PurgeResult purged = await client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), new PurgeInstanceOptions(Recursive: true));
            Assert.Equal(2, purged.PurgedInstanceCount);
        });
    }

    private static async Task AssertFailedAsync(DurableTaskClient client, string instanceId, string message)
    {
        OrchestrationMetadata failed = await client.EndAsync(instanceId);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.StartsWith(message, failed.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }
}
