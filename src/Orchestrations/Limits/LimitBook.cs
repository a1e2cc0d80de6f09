using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>The limits of one rule that were changed at run time, and the record of their changes.</summary>
internal sealed record LimitBookState
{
    /// <summary>Changes that are kept on record.</summary>
    public const int MaxChanges = 100;

    /// <summary>The number of the latest change; 0 before the first.</summary>
    public long Number { get; init; }

    /// <summary>The limits that hold.</summary>
    public ImmutableArray<Limit> Limits { get; init; } = [];

    /// <summary>The latest changes, the newest first.</summary>
    public ImmutableArray<LimitChange> Changes { get; init; } = [];

    /// <summary>The latest orders, by id: one that arrives again changes nothing.</summary>
    public ImmutableArray<string> Orders { get; init; } = [];

    /// <summary>Whether an order has been carried out, or refused.</summary>
    public bool Knows(LimitOrder order) => Orders.Contains(order.Id);
}

/// <summary>A change of a limit that is asked for.</summary>
/// <param name="Id">Names the order: sent again, it is not another.</param>
/// <param name="Request">The limit; to take one back, its rule and key, with who and why.</param>
/// <param name="IsReset">Whether it is to be taken back.</param>
/// <param name="At">When it was asked for, UTC.</param>
/// <param name="IsPublished">Whether a lifecycle event is to tell of it.</param>
internal sealed record LimitOrder(string Id, LimitRequest Request, bool IsReset, DateTimeOffset At, bool IsPublished)
{
    /// <summary>Takes it back only if it is still the one of that change: its time is over.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Number { get; init; }
}

/// <summary>
/// The entity that keeps the limits of one rule: the entity function <see cref="PreemptFunctions.LimitBook"/>. With every change it starts the orchestration that tells the
/// rule's gates. What it keeps outlives deployments and restarts.
/// </summary>
internal sealed class LimitBook : TaskEntity<LimitBookState>
{
    /// <summary>Orders that are remembered.</summary>
    private const int MaxOrders = 16;

    /// <summary>The book of a rule.</summary>
    public static EntityInstanceId Of(string rule) => new(PreemptFunctions.LimitBook, rule);

    /// <summary>Reads a book; null if the rule's limits were never changed.</summary>
    public static async Task<LimitBookState?> ReadAsync(DurableTaskClient client, string rule, CancellationToken cancellationToken) =>
        (await client.Entities.GetEntityAsync<LimitBookState>(Of(rule), cancellation: cancellationToken))?.State;

    /// <summary>Reads the books of all rules whose limits were ever changed, by rule.</summary>
    public static async Task<Dictionary<string, LimitBookState>> ReadAllAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        Dictionary<string, LimitBookState> books = [];
        EntityQuery query = new() { InstanceIdStartsWith = Of("").ToString(), PageSize = 100 };
        await foreach (EntityMetadata<LimitBookState> book in client.Entities.GetAllEntitiesAsync<LimitBookState>(query).WithCancellation(cancellationToken))
            books[book.Id.Key] = book.State;
        return books;
    }

    /// <summary>Sets a limit, or takes one back.</summary>
    public void Change(LimitOrder order)
    {
        if (State.Knows(order))
            return;
        State = State with { Orders = [.. State.Orders.TakeLast(MaxOrders - 1), order.Id] };
        LimitRequest request = order.Request;
        Limit? before = State.Limits.FirstOrDefault(limit => limit.Key == request.Key);
        bool isNothing = order.IsReset
            ? before is null || (order.Number is { } number && number != before.Number)
            : before is null && State.Limits.Length >= LimitRequest.MaxKeys;
        if (isNothing)
            return;
        long next = State.Number + 1;
        Limit changed = order.IsReset ? before! : new Limit(request, order.At, next);
        ImmutableArray<Limit> others = State.Limits.RemoveAll(limit => limit.Key == request.Key);
        LimitChange change = new(changed, order.IsReset, order.At, next, request.By, request.Reason);
        State = State with
        {
            Number = next,
            Limits = order.IsReset ? others : [.. others.Add(changed).OrderBy(limit => limit.Key, StringComparer.Ordinal)],
            Changes = [change, .. State.Changes.Take(LimitBookState.MaxChanges - 1)],
        };
        Context.ScheduleNewOrchestration(
            PreemptFunctions.ApplyLimits, new LimitWork(change, order.IsPublished), new StartOrchestrationOptions(LimitWork.InstanceOf(request.Rule, next, order.Id)));
    }

    /// <inheritdoc />
    protected override LimitBookState InitializeState(TaskEntityOperation entityOperation) => new();
}
