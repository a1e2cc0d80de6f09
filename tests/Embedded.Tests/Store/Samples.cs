using System.Collections.Immutable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Tests.Store;

/// <summary>What the tests of stores put into them.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly TaskFailureDetails Failure = new(
        "System.InvalidOperationException",
        "\"quoted\" \\ ünïcödé 😀 \u2028 <&>",
        "at Here()\n  at There()",
        new TaskFailureDetails("System.IO.IOException", "", null, null, null),
        new Dictionary<string, object?> { ["code"] = 42, ["name"] = "x", ["none"] = null, ["when"] = DateTime.UnixEpoch });

    public static InstanceHeader Header(string id) => new()
    {
        InstanceId = id,
        Name = "Sample",
        ExecutionId = "first",
        Status = OrchestrationRuntimeStatus.Pending,
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };

    public static InstanceHeader Ended(string id) => Header(id) with { Status = OrchestrationRuntimeStatus.Completed };

    public static InstanceHeader FullHeader(string id) => new()
    {
        InstanceId = id,
        Name = "Sämple",
        ExecutionId = "execution.1",
        Status = OrchestrationRuntimeStatus.Failed,
        CreatedAt = Noon.AddTicks(1),
        UpdatedAt = Noon.AddTicks(2),
        Input = "{ \"a\" : [1,  2] }",
        Output = "\"\\u00fc\"",
        CustomStatus = "\"<b>\"",
        Version = "1.2",
        StartAt = new DateTimeOffset(2031, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(-8)),
        Failure = Failure,
        Parent = new ParentLink("parent", "Parent", "execution", 7),
        Tags = ImmutableDictionary<string, string>.Empty.Add("tenant", "ä").Add("empty", ""),
    };

    public static HistoryEvent[] EveryEvent() =>
    [
        new TurnStarted(Noon.UtcDateTime.AddTicks(1234567)),
        new TaskScheduled(0, "Step", "{\"a\":\"b\"}"),
        new TaskScheduled(1, "Step", null),
        new TimerCreated(2, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        new TimerCreated(3, DateTime.MaxValue),
        new ChildStarted(4, "Child", "parent:4", "1", "v1"),
        new ChildStarted(5, "Child", "parent:5", null, null),
        new EventSent(6, "other", "Event \"x\"", "[]"),
        new EntityCalled(7, "@counter@x", "add", "1", "r7"),
        new EntitySignaled(8, "@counter@x", "reset", null, new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.FromHours(2))),
        new TaskCompleted(0, "\"done\\n\""),
        new TaskCompleted(1, null),
        new TaskFailed(4, Failure),
        new TimerFired(2),
        new EventRaised("Evént", "{\"emoji\":\"😀\"}"),
        new Suspended("why"),
        new Suspended(null),
        new Resumed(null),
        new Terminated("{}", true),
        new Terminated(null, false),
    ];

    public static Commit With(this Commit commit, params IEnumerable<HistoryEvent> events)
    {
        commit.History.AddRange(events);
        return commit;
    }

    public static Task CommitAsync(this IStore store, Commit commit)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Commit(commit, failure =>
        {
            if (failure is null)
                done.SetResult();
            else
                done.SetException(failure);
        });
        return done.Task;
    }

    public static Task StartAsync(this IStore store, InstanceHeader header) => store.CommitAsync(new Commit { Started = { header } });
}
