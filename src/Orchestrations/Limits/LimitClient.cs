using System.Collections.Immutable;
using System.Globalization;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Changes and reads the limits of rules for callers.</summary>
internal sealed class LimitClient(RunClients app, DurableTaskClient client)
{
    private const int MaxReasonLength = 200;

    private readonly AppRules _rules = new(app.Registry);

    /// <summary>Sets the limit of a rule, or of one key of it.</summary>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    /// <exception cref="InvalidRunException">Something in it is not allowed.</exception>
    /// <exception cref="LimitNotAnsweringException">The app has not taken it over within some seconds.</exception>
    public async Task<Limit> SetAsync(LimitRequest request, CancellationToken cancellationToken)
    {
        KnownRule rule = Find(request.Rule);
        LimitOrder order = NewOrder(Check(rule, request), isReset: false);
        LimitBookState book = await ChangeAsync(order, cancellationToken);
        // Another caller can have changed it again since.
        return book.Changes.FirstOrDefault(change => change.Limit.Key == request.Key && !change.IsReset && change.At == order.At)?.Limit
            ?? throw new InvalidRunException($"rule \"{rule.Id}\": {LimitRequest.MaxKeys} keys of it have limits, as many as may have; take one back first.");
    }

    /// <summary>Takes a limit back: what the app's code says holds again.</summary>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    /// <exception cref="InvalidRunException">Something in it is not allowed.</exception>
    /// <exception cref="LimitNotAnsweringException">The app has not taken it back within some seconds.</exception>
    public async Task<RuleLimits> ResetAsync(LimitRequest request, CancellationToken cancellationToken)
    {
        KnownRule rule = Find(request.Rule);
        if (request.Key is { } key)
            GateClient.CheckKey(key);
        LimitRequest bare = new() { Rule = rule.Id, Key = request.Key, Reason = Shorten(request.Reason, MaxReasonLength), By = Shorten(request.By, LimitRequest.MaxNameLength) };
        return Read(rule, await ChangeAsync(NewOrder(bare, isReset: true), cancellationToken));
    }

    /// <summary>The rules of the app with their limits, each workflow's in their order, then those that workflows share.</summary>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    public async Task<ImmutableArray<RuleLimits>> ListAsync(string? rule, CancellationToken cancellationToken)
    {
        if (rule is not null)
        {
            KnownRule known = Find(rule);
            return [Read(known, await LimitBook.ReadAsync(client, known.Id, cancellationToken))];
        }

        Dictionary<string, LimitBookState> books = await LimitBook.ReadAllAsync(client, cancellationToken);
        return [.. _rules.All.Select(known => Read(known, books.GetValueOrDefault(known.Id)))];
    }

    private KnownRule Find(string? name) =>
        _rules.Find(name ?? throw new InvalidRunException("rule: required, as in chat-reply:0, or the name of a rule that workflows share."));

    private static RuleLimits Read(KnownRule rule, LimitBookState? book) =>
        new(rule.Id, rule.Workflow?.Name, rule.Step, rule.Code, book?.Limits ?? [], book?.Changes ?? []);

    /// <summary>Within a process no two have the same time; of two processes that ask for the same at the same time one order is enough.</summary>
    private LimitOrder NewOrder(LimitRequest request, bool isReset)
    {
        LimitOrder order = new("", request, isReset, app.Clock.Next(), app.Options.Events);
        return order with { Id = IdempotencyKey.Fingerprint(order) };
    }

    /// <summary>Has a change made, and waits until it is written.</summary>
    private async Task<LimitBookState> ChangeAsync(LimitOrder order, CancellationToken cancellationToken)
    {
        Task SendAsync() => client.Entities.SignalEntityAsync(LimitBook.Of(order.Request.Rule), nameof(LimitBook.Change), order, cancellation: cancellationToken);
        await SendAsync();
        LimitBookState? book = await SignalledChange.WaitAsync(
            () => LimitBook.ReadAsync(client, order.Request.Rule, cancellationToken),
            seen => seen?.Knows(order) == true,
            SendAsync,
            firstPause: TimeSpan.FromMilliseconds(5),
            app.Time,
            cancellationToken);
        if (book?.Knows(order) != true)
            throw new LimitNotAnsweringException(order.Request.Rule);
        if (book.Changes.FirstOrDefault(change => change.At == order.At) is { } made)
            await WaitUntilToldAsync(order, made, isNoted: !book.Limits.IsEmpty, cancellationToken);
        return book;
    }

    /// <summary>
    /// Waits until the gates have been told, so that a run which is started afterwards goes by the change; some seconds at most. In another process it may go by what that has
    /// read of the app within the last second.
    /// </summary>
    /// <param name="order">What was asked for.</param>
    /// <param name="change">The change that it has become.</param>
    /// <param name="isNoted">Whether the app's state says that the rule has limits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task WaitUntilToldAsync(LimitOrder order, LimitChange change, bool isNoted, CancellationToken cancellationToken)
    {
        await LookUntilAsync(
            () => client.GetInstanceAsync(LimitWork.InstanceOf(order.Request.Rule, change.Number, order.Id), getInputsAndOutputs: true, cancellationToken),
            static found => found?.SerializedCustomStatus is not null,
            cancellationToken);
        // Azure Storage sends an entity's answer before it writes its state: a gate goes by what is written, as this process has read it last.
        await LookUntilAsync(
            () => app.Mode.ReadAsync(client, cancellationToken),
            state => !isNoted || state.Limited.GetValueOrDefault(order.Request.Rule) >= change.Number,
            cancellationToken);
    }

    private Task<T> LookUntilAsync<T>(Func<Task<T>> look, Func<T, bool> isEnough, CancellationToken cancellationToken)
    {
        const int MaxReads = 10;
        return new GrowingPause(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2)).LookUntilAsync(
            _ => look(), isEnough, MaxReads, app.Time, cancellationToken);
    }

    private LimitRequest Check(KnownRule known, LimitRequest limit)
    {
        ConcurrencyRule rule = known.Code;
        bool takesTurns = rule.Strategy == ConcurrencyStrategy.RoundRobin;
        bool hasLine = rule is { Debounce: null, Strategy: ConcurrencyStrategy.Queue or ConcurrencyStrategy.RoundRobin };
        CheckNumber(limit.MaxRuns, ConcurrencyRule.LargestMaxRuns, "maxRuns", rule.Debounce is null ? null : "the rule is a debounce");
        CheckNumber(limit.MaxQueued, ConcurrencyRule.LargestMaxQueued, "maxQueued", hasLine ? null : "no run waits at this rule");
        CheckNumber(limit.MaxTotal, ConcurrencyRule.LargestMaxRuns, "maxTotal", !takesTurns ? "the rule's strategy is not RoundRobin" : limit.Key is null ? null : "it is for all keys; leave out key");
        CheckNumber(limit.Weight, ConcurrencyRule.LargestWeight, "weight", !takesTurns ? "the rule's strategy is not RoundRobin" : limit.Key is not null ? null : "it is for one key; give key");
        if (limit.Rate is not null && rule.Rate is null)
            throw new InvalidRunException("rate: not allowed here, because the rule is not a throttle.");
        if (limit.Rate?.Validate() is { } error)
            throw new InvalidRunException($"rate: {error}");
        if (limit is { MaxRuns: null, MaxQueued: null, MaxTotal: null, Weight: null, Rate: null, Pause: false })
            throw new InvalidRunException("maxRuns, maxQueued, maxTotal, rate, weight or pause: one of them at least is expected. DELETE limits takes a limit back.");
        if (limit.Until is { } until && until <= app.Time.GetUtcNow())
            throw new InvalidRunException($"until {until.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}: a time in the future is expected.");
        if (limit.Key is { } key)
            GateClient.CheckKey(key);
        return limit with
        {
            Rule = known.Id,
            Until = limit.Until?.ToUniversalTime(),
            Reason = Shorten(limit.Reason, MaxReasonLength),
            By = Shorten(limit.By, LimitRequest.MaxNameLength),
        };
    }

    private static void CheckNumber(int? number, int largest, string name, string? whyNot)
    {
        if (number is not null && whyNot is not null)
            throw new InvalidRunException($"{name}: not allowed here, because {whyNot}.");
        if (number < 1 || number > largest)
            throw new InvalidRunException($"{name} {number}: 1 to {largest} is allowed. To let no run start, pause the rule.");
    }

    private static string? Shorten(string? text, int length) => text is null ? null : Excerpt.Shorten(text, length);
}
