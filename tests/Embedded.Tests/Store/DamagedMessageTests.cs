using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Preempt.Embedded.Tests.Store;

/// <summary>A store in which a message is no message any more: it stays there, the log says so, and everything else goes on.</summary>
public sealed class DamagedMessageTests : IDisposable
{
    private readonly DamagedStore _store = new();

    public static TheoryData<string, object> Deliveries => new()
    {
        { "kind", 2L },
        { "kind", -1L },
        { "kind", 1L << 32 },
        { "kind", 1L },
        { "message", "" },
        { "message", "null" },
        { "message", "[]" },
        { "message", "{}" },
        { "message", "{\"Target\":\"damaged\"}" },
        { "message", "{\"Target\":null,\"Event\":{\"$\":\"resumed\"}}" },
        { "message", "{\"Target\":\"damaged\",\"Event\":{\"$\":\"none\"}}" },
        { "message", "{\"Target\":\"damaged\",\"Event\":{\"$\":\"event\"}}" },
        { "message", "{\"Target\":\"damaged\",\"Event\":{\"$\":\"task\",\"Name\":\"x\"}}" },
        { "message", "{\"Target\":\"damaged\",\"Event\":{\"$\":\"turn\"}}" },
        { "message", "{\"Target\":\"damaged\",\"Event\":{\"$\":\"taskFailed\",\"Failure\":{}}}" },
        { "message", "{\"Target\":\"damaged\",\"Event\":{\"$\":\"taskFailed\",\"Failure\":{\"ErrorType\":\"a\",\"ErrorMessage\":\"b\",\"InnerFailure\":{}}}}" },
        { "message", "{\"Target\":\"damaged\",\"Event\":{\"$\":\"event\",\"Na" },
        { "message", DamagedStore.NoText },
    };

    public static TheoryData<string, object> Requests => new()
    {
        { "kind", 2L },
        { "kind", 0L },
        { "message", "" },
        { "message", "null" },
        { "message", "{}" },
        { "message", "{\"Target\":\"@list@damaged\"}" },
        { "message", "{\"Target\":\"list\",\"Operation\":\"Add\"}" },
        { "message", "{\"Target\":\"@@\",\"Operation\":\"Add\"}" },
        { "message", "{\"Target\":\"@list@damaged\",\"Operation\":\"Add\",\"Caller\":{}}" },
        { "message", "{\"Target\":\"@list@damaged\",\"Operation\":\"Add\",\"NotBefore\":\"9\"}" },
        { "message", DamagedStore.NoText },
    };

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Deliveries))]
    public async Task A_message_to_an_orchestration_is_skipped(string column, object damage)
    {
        await _store.RunAsync(static async client =>
        {
            await client.StartAsync("Waits", "damaged", "whole");
            await HoldAsync(client, "whole");
            await HoldAsync(client, "damaged");
        });
        await AssertSkippedAsync(column, damage);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_message_to_an_entity_is_skipped(string column, object damage)
    {
        await _store.RunAsync(static async client =>
        {
            await client.StartAsync("Waits", "damaged", "whole");
            await HoldAsync(client, "whole");
            await client.SuspendAsync("damaged");
            await client.Entities.SignalEntityAsync(
                new EntityInstanceId("List", "damaged"), "Add", 1, new SignalEntityOptions { SignalTime = DateTimeOffset.UtcNow.AddDays(1) });
        });
        await AssertSkippedAsync(column, damage);
    }

    [Fact]
    public async Task A_call_whose_request_is_damaged_fails_and_other_calls_are_answered()
    {
        await _store.RunAsync(
            static async client =>
            {
                foreach (string key in (string[])["damaged", "whole"])
                {
                    await client.ScheduleNewOrchestrationInstanceAsync("Calls", key, new StartOrchestrationOptions($"call-{key}"));
                    await client.WaitForInstanceStartAsync($"call-{key}");
                }
            },
            answersCalls: false);
        _store.Damage("inbox", "message", DamagedStore.NoText, "message LIKE '%@list@damaged%'");
        await _store.RunAsync(static async client =>
        {
            OrchestrationMetadata failed = await client.EndAsync("call-damaged");
            Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
            Assert.Contains("The call of '@list@damaged', or its answer, cannot be read in the store.", failed.FailureDetails!.ToString(), StringComparison.Ordinal);
            Assert.Equal("1", (await client.EndAsync("call-whole")).SerializedOutput);
        });
    }

    [Theory]
    [InlineData("Waits", "")]
    [InlineData("WaitsAndFails", "It failed.")]
    public async Task An_answer_that_is_damaged_is_read_from_the_child_that_has_ended(string child, string failure)
    {
        await HoldAnswerAsync(child);
        _store.Damage("inbox", "message", DamagedStore.NoText, "true");
        await _store.RunAsync(async client =>
        {
            await client.ResumeInstanceAsync("parent");
            OrchestrationMetadata ended = await client.EndAsync("parent");
            if (failure.Length == 0)
                Assert.Equal("\"input of child\"", ended.SerializedOutput);
            else
                Assert.Contains(failure, ended.FailureDetails!.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_answer_that_is_damaged_of_a_child_that_is_gone_is_a_failure()
    {
        await HoldAnswerAsync("Waits");
        _store.Damage("inbox", "message", DamagedStore.NoText, "true");
        _store.DamageInstance("child", "id", DamagedStore.NoText);
        await _store.RunAsync(static async client =>
        {
            await client.ResumeInstanceAsync("parent");
            Assert.Contains(
                "The answer of sub-orchestration 'child' cannot be read in the store.",
                (await client.EndAsync("parent")).FailureDetails!.ToString(),
                StringComparison.Ordinal);
        });
    }

    /// <summary>Damages the last message, and asserts that all else goes on while it stays where it is.</summary>
    private async Task AssertSkippedAsync(string column, object damage)
    {
        long sequence = (long)_store.Read("SELECT max(sequence) FROM inbox")!;
        Assert.Equal(2L, _store.Read("SELECT count(*) FROM inbox"));
        _store.Damage("inbox", column, damage, $"sequence = {sequence}");
        object? left = _store.Read($"SELECT hex(message) || kind FROM inbox WHERE sequence = {sequence}");

        await _store.RunAsync(static async client =>
        {
            await client.ResumeInstanceAsync("whole");
            Assert.Equal(OrchestrationRuntimeStatus.Completed, (await client.EndAsync("whole")).RuntimeStatus);
            await client.RaiseEventAsync("damaged", "go");
        });
        Assert.StartsWith($"Message {sequence} in the store cannot be read, and stays there: ", Assert.Single(_store.Errors), StringComparison.Ordinal);
        Assert.Equal(left, _store.Read($"SELECT hex(message) || kind FROM inbox WHERE sequence = {sequence}"));
        Assert.True((long)_store.Read("SELECT max(sequence) FROM inbox")! > sequence);

        await _store.RunAsync(static async client =>
        {
            await client.ResumeInstanceAsync("damaged");
            Assert.Equal(OrchestrationRuntimeStatus.Completed, (await client.EndAsync("damaged")).RuntimeStatus);
        });
        Assert.Equal(left, _store.Read("SELECT hex(message) || kind FROM inbox"));
    }

    /// <summary>Has the answer of a child that has ended wait for its parent in the store.</summary>
    private Task HoldAnswerAsync(string child) => _store.RunAsync(async client =>
    {
        await client.StartParentAsync("parent", child, "child");
        await client.SuspendAsync("parent");
        await client.RaiseEventAsync("child", "go");
        await client.EndAsync("child");
    });

    /// <summary>Has an event wait for an instance in the store.</summary>
    private static async Task HoldAsync(DurableTaskClient client, string instanceId)
    {
        await client.SuspendAsync(instanceId);
        await client.RaiseEventAsync(instanceId, "go");
    }
}
