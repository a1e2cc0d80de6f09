using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;
using Preempt.Tests.Histories;

namespace Preempt.Tests.Fuzz;

/// <summary>
/// Recorded histories with events lost, doubled, in another order or of another run, carried on by an engine: the instance goes on or fails for a reason that
/// it tells, the engine lives, and it is over in time. <c>PREEMPT_FUZZ_INPUTS</c> says how many.
/// </summary>
public sealed class HistoryFuzzTests
{
    private const int UsualInputs = 1_000;

    /// <summary>The longest that a history may take: a machine that is busy with others is no failure.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly WorkflowRegistry Registry = new PreemptBuilder()
        .AddTypes(typeof(RecordedWorkflow).Assembly.GetTypes().Where(type => type.Namespace == typeof(RecordedWorkflow).Namespace))
        .Build(new PreemptOptions());

    private static readonly FunctionTable Functions = NewFunctions();

    /// <summary>What a reader of the failure could make nothing of.</summary>
    private static readonly string[] Unclear =
    [
        typeof(NullReferenceException).FullName!, typeof(InvalidCastException).FullName!, typeof(IndexOutOfRangeException).FullName!, typeof(ArgumentNullException).FullName!,
        typeof(ArgumentOutOfRangeException).FullName!, typeof(KeyNotFoundException).FullName!,
    ];

    [Fact]
    public void A_history_that_is_none_fails_its_instance_alone_and_says_why()
    {
        (InstanceHeader Header, IReadOnlyList<HistoryEvent> History)[] recorded = [.. Recording.Scenarios.Keys.SelectMany(Recording.PlayStored)];
        HistoryEvent[] any = [.. recorded.SelectMany(stored => stored.History).Concat(Strange())];
        long inputs = Environment.GetEnvironmentVariable("PREEMPT_FUZZ_INPUTS") is { Length: > 0 } text
            ? long.Parse(text, CultureInfo.InvariantCulture)
            : UsualInputs;
        int[] outcomes = new int[3];
        Gen.Select(Gen.Int[0, recorded.Length - 1], Gen.Select(Gen.Int[0, 4], Gen.UInt, Gen.UInt).Array[0, 4]).Sample(
            (which, changes) =>
            {
                int outcome = Play(recorded[which].Header, Change(recorded[which].History, changes, any));
                Interlocked.Increment(ref outcomes[outcome]);
            },
            iter: inputs);
        Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} histories: {inputs}, of which {outcomes[0]} go on, {outcomes[1]} complete, {outcomes[2]} fail");
        Assert.All(outcomes, count => Assert.True(count > 0, string.Join(' ', outcomes)));
    }

    private static IEnumerable<HistoryEvent> Strange() =>
    [
        new TurnStarted(new DateTime(9000, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        new TurnStarted(default),
        new TimerCreated(0, DateTime.MaxValue),
        new TimerCreated(int.MaxValue, default),
        new TimerFired(-1),
        new TaskCompleted(0, "{"),
        new TaskCompleted(1, null),
        new TaskFailed(0, new TaskFailureDetails("", "", null, null, null)),
        new EventRaised(RunMessage.EventName, "{"),
        new EventRaised(RunMessage.EventName, null),
        new EventRaised("", "1"),
        new EntityCalled(2, "@", "", null, ""),
        new EntityCalled(3, "not an entity", "Enter", "{", "q"),
        new ChildStarted(1, "", "", null, null),
        new Suspended(null),
        new Terminated(null, Recursive: true),
    ];

    private static List<HistoryEvent> Change(IReadOnlyList<HistoryEvent> history, (int Kind, uint At, uint Other)[] changes, HistoryEvent[] any)
    {
        List<HistoryEvent> changed = [.. history];
        foreach ((int kind, uint at, uint other) in changes)
        {
            int place = (int)(at % (uint)(changed.Count + 1));
            int second = (int)(other % (uint)(changed.Count + 1));
            switch (kind)
            {
                case 0 when place < changed.Count:
                    changed.RemoveAt(place);
                    break;
                case 1 when place < changed.Count:
                    changed.Insert(second, changed[place]);
                    break;
                case 2 when place < changed.Count && second < changed.Count:
                    (changed[place], changed[second]) = (changed[second], changed[place]);
                    break;
                case 3:
                    changed.RemoveRange(place, changed.Count - place);
                    break;
                default:
                    changed.Insert(place, any[other % (uint)any.Length]);
                    break;
            }
        }

        return changed;
    }

    /// <summary>Carries the instance on after a restart, with one more event, and says whether it goes on (0), completes (1) or fails (2).</summary>
    private static int Play(InstanceHeader recorded, List<HistoryEvent> history)
    {
        MemoryStore store = new();
        InstanceHeader header = recorded with { Status = OrchestrationRuntimeStatus.Running, Output = null, Failure = null, Parent = null };
        Commit commit = new() { Header = header };
        commit.Started.Add(header);
        commit.History.AddRange(history);
        store.Commit(commit, static failure => Assert.Null(failure));
        Line line = new();
        using DurableEngine engine = new(new EngineOptions { Store = store, Scheduler = line }, Functions, new StoppedClock(header.UpdatedAt), NullLoggerFactory.Instance);
        bool hasFailed = false;
        engine.Failed += () => hasFailed = true;
        long start = Stopwatch.GetTimestamp();

        engine.Start();
        line.Work();
        if (!store.FindInstance(header.InstanceId)!.HasEnded)
        {
            engine.Client.RaiseEventAsync(header.InstanceId, RunMessage.EventName, RunMessage.ForEvent("over", null, "id")).GetAwaiter().GetResult();
            line.Work();
        }

        Assert.False(hasFailed, "The engine has failed.");
        Assert.True(Stopwatch.GetElapsedTime(start) < Limit);
        InstanceHeader found = store.FindInstance(header.InstanceId)!;
        if (found.Failure is not { } failure)
            return found.HasEnded ? 1 : 0;
        Assert.True(!Unclear.Contains(failure.ErrorType) && failure.ErrorMessage.Length > 0, $"{failure.ErrorType}: {failure.ErrorMessage}\n{failure.StackTrace}");
        return 2;
    }

    private static FunctionTable NewFunctions()
    {
        FunctionTable functions = new();
        functions.Orchestrators.Add(PreemptFunctions.Run, static async context => await WorkflowRunner.RunAsync(context, Registry));
        functions.Orchestrators.Add(nameof(RecordedFunctions.RecordedOrchestrator), static async context => await RecordedFunctions.RecordedOrchestrator(context));
        return functions;
    }

    /// <summary>Work in a line, done when the test says so and on its thread.</summary>
    private sealed class Line : IWorkScheduler
    {
        private const int MaxWork = 10_000;

        private readonly Queue<IThreadPoolWorkItem> _waiting = new();

        public void Schedule(IThreadPoolWorkItem item) => _waiting.Enqueue(item);

        public void Work()
        {
            for (int done = 0; _waiting.TryDequeue(out IThreadPoolWorkItem? item); done++)
            {
                Assert.True(done < MaxWork, "The work does not end.");
                item.Execute();
            }
        }
    }

    /// <summary>A clock that stands: no timer fires.</summary>
    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer();

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
