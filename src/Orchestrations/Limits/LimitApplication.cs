using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>
/// Tells a rule's gates of a change of its limits. A gate that no run has entered yet reads them itself (<see cref="FreshGate"/>), by what its process has read of the
/// app within the last second: so the gates are looked through again after that, and until none is behind. Meanwhile a lifecycle event tells of the change, where the app is
/// set to publish them. Then, if the limit has an end, it is taken back when that has come.
/// </summary>
internal static class LimitApplication
{
    private const int PageSize = 200;

    /// <summary>Looks at all gates of a rule at most. Who is told and behind again and again has a worker that dies again and again.</summary>
    private const int MaxLooks = 20;

    /// <summary>After so long no gate goes by what was read before the change: a reading counts for a second, and an operation ends within a minute.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(75);

    private static readonly TimeSpan FirstRead = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(TaskOrchestrationContext context)
    {
        LimitWork work = context.GetInput<LimitWork>()!;
        if (await FindAsync(context, work.Change) is not { } book)
            return;
        DateTime start = context.CurrentUtcDateTime;
        await context.CallEntityAsync<object?>(AppSwitch.Id, nameof(AppSwitch.NoteLimits), new LimitedRule(work.Rule, book.Number, book.IsLimited));
        Task published = work.IsPublished ? PublishAsync(context, work.Change) : Task.CompletedTask;
        DateTime end = work.Until?.UtcDateTime ?? DateTime.MaxValue;
        GrowingPause pause = new(FirstPause, LongestPause);
        for (int look = 1; look <= MaxLooks && context.CurrentUtcDateTime < end; look++)
        {
            int behind = await LookAsync(context, work);
            // Whoever has asked for the change waits for this.
            context.SetCustomStatus(look);
            if (behind == 0 && context.CurrentUtcDateTime - start >= LastLook)
                break;
            DateTime next = context.CurrentUtcDateTime + pause.Next();
            await context.CreateTimer(next < end ? next : end, CancellationToken.None);
        }

        if (work.Until is not null)
            await TakeBackAsync(context, work, end);
        await published;
    }

    /// <summary>Takes back what was set when its end has come; an orchestration of its own tells the gates.</summary>
    private static async Task TakeBackAsync(TaskOrchestrationContext context, LimitWork work, DateTime end)
    {
        while (context.CurrentUtcDateTime < end)
            await context.CreateTimer(end, CancellationToken.None);
        LimitRequest ended = new() { Rule = work.Rule, Key = work.Change.Limit.Key, Reason = "its time was over" };
        DateTimeOffset now = new(context.CurrentUtcDateTime, TimeSpan.Zero);
        LimitOrder order = new($"{context.InstanceId}:end", ended, IsReset: true, now, work.IsPublished) { Number = work.Change.Number };
        await context.CallEntityAsync<object?>(LimitBook.Of(work.Rule), nameof(LimitBook.Change), order);
    }

    /// <summary>Waits until the change is written in the book.</summary>
    /// <returns>What the book says; null if it has another change of that number, or none: this one was lost with its batch, and the batch is done again.</returns>
    private static async Task<LimitStanding?> FindAsync(TaskOrchestrationContext context, LimitChange change)
    {
        GrowingPause pause = new(FirstRead, LongestPause);
        for (int look = 1; look <= MaxLooks; look++)
        {
            LimitStanding book = await context.CallEntityAsync<LimitStanding>(ControlPlane.BulkOf(context.InstanceId), nameof(ControlPlane.FindLimit), change);
            if (book.IsMade is { } isMade)
                return isMade ? book : null;
            await context.CreateTimer(pause.Next(), CancellationToken.None);
        }

        return null;
    }

    /// <summary>Looks for a change in its rule's book, on the <see cref="ControlPlane"/>: there it is read as it is written.</summary>
    public static async Task<LimitStanding> FindAsync(LimitChange change, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await LimitBook.ReadAsync(client, change.Limit.Rule, cancellationToken) is not { } book || book.Number < change.Number)
            return new LimitStanding(IsMade: null, Number: 0, IsLimited: false);
        // What is so old that it is no longer on record has been made.
        bool isMade = book.Changes.Contains(change) || book.Number - change.Number >= LimitBookState.MaxChanges;
        return new LimitStanding(isMade, book.Number, !book.Limits.IsEmpty);
    }

    private static Task PublishAsync(TaskOrchestrationContext context, LimitChange change) => LifecycleQueue.PublishAsync(
        context,
        change.Limit.Rule,
        new LifecycleEvent { Type = LifecycleEventType.LimitChanged, At = change.At, Change = change },
        context.CreateReplaySafeLogger(nameof(LimitApplication)));

    private static async Task<int> LookAsync(TaskOrchestrationContext context, LimitWork work)
    {
        int behind = 0;
        string? cursor = null;
        do
        {
            LimitPageResult page = await context.CallEntityAsync<LimitPageResult>(
                ControlPlane.BulkOf(context.InstanceId), nameof(ControlPlane.ApplyLimits), new LimitPage(work.Rule, work.Change.Number, work.Change.Limit.Key, cursor));
            behind += page.Behind;
            cursor = page.Cursor;
        }
        while (cursor is not null);
        return behind;
    }

    /// <summary>Tells one page of the gates, on the <see cref="ControlPlane"/>: those that do not have the change.</summary>
    public static async Task<LimitPageResult> ApplyAsync(
        LimitPage page, DurableTaskClient client, TaskEntityContext context, CancellationToken cancellationToken)
    {
        // Of a later change another orchestration tells; what it sets is told here too.
        if (await LimitBook.ReadAsync(client, page.Rule, cancellationToken) is not { } book || book.Number < page.Number)
            return new LimitPageResult(null, 1);
        await foreach (Page<EntityMetadata<GateState>> found in
            GateClient.ReadPagesAsync(client, RuleId.PrefixOf(page.Rule), page.Cursor, PageSize, cancellationToken))
        {
            int behind = 0;
            foreach (EntityMetadata<GateState> gate in found.Values.Where(gate => IsMeant(gate.Id.Key, page) && gate.State.LimitNumber < page.Number))
            {
                context.SignalEntity(gate.Id, nameof(ConcurrencyGate.Limit), GateLimits.Of(gate.Id.Key, book.Number, book.Limits));
                behind++;
            }

            return new LimitPageResult(found.ContinuationToken, behind);
        }

        return new LimitPageResult(null, 0);
    }

    private static bool IsMeant(string gate, LimitPage page) =>
        RuleId.OfGate(gate) == page.Rule && (page.Key is null || RuleId.IsOfKey(gate, page.Key));
}
