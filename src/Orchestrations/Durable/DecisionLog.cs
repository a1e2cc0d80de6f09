using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// Keeps an orchestration's decisions in its history: it sends each to itself, as an event, and goes on when that arrives. This takes a
/// message and a turn, no activity slot and no entity. A replay reads what has arrived, and does not decide.
/// </summary>
internal sealed class DecisionLog(TaskOrchestrationContext context)
{
    /// <summary>The event that carries a decision. Its name stands in histories: it does not change.</summary>
    public const string EventName = "preempt-decision";

    private readonly Dictionary<Guid, TaskCompletionSource<JsonElement?>> _awaited = [];
    private readonly ILogger _logger = context.CreateReplaySafeLogger<DecisionLog>();
    private bool _isReading;

    /// <summary>Decides once.</summary>
    /// <param name="decide">Decides by the app as it is deployed now; called in the first execution only.</param>
    /// <returns>What was decided in the first execution.</returns>
    /// <exception cref="InvalidRunException">What was decided is that a run is not allowed.</exception>
    /// <exception cref="InvalidOperationException">To decide failed for another reason.</exception>
    public async Task<T> DecideAsync<T>(Func<T> decide)
        where T : class
    {
        // The id is of this turn: should the turn happen again, what it has sent the first time is nobody's.
        Guid id = context.NewGuid();
        TaskCompletionSource<JsonElement?> arrival = new();
        _awaited.Add(id, arrival);
        // What a replay sends is not sent: that it sends is all that the engine compares.
        JsonElement? decision = context.IsReplaying ? null : JsonSerializer.SerializeToElement(Decision<T>.Make(decide));
        context.SendEvent(context.InstanceId, EventName, new DecisionMessage(id, decision));
        if (!_isReading)
            _ = ReadAsync();
        JsonElement? kept = await arrival.Task;
        return kept?.Deserialize<Decision<T>>()?.Get() ?? throw new InvalidOperationException($"The decision {id} of {context.InstanceId} is empty.");
    }

    /// <summary>One waiter, and only while something is awaited: the engine hands events to the newest.</summary>
    private async Task ReadAsync()
    {
        _isReading = true;
        while (_awaited.Count > 0)
        {
            JsonElement? sent = await context.WaitForExternalEvent<JsonElement?>(EventName, CancellationToken.None);
            if (sent is { } json && StoredJson.TryRead<DecisionMessage>(json) is { } message && _awaited.Remove(message.Id, out TaskCompletionSource<JsonElement?>? arrival))
                arrival.TrySetResult(message.Decision);
            else
                _logger.LogInformation("A decision of {Instance} that nobody waits for is dropped", context.InstanceId);
        }

        _isReading = false;
    }

    /// <param name="Id">Which decision it is.</param>
    /// <param name="Decision">The decision, as JSON; null in a replay.</param>
    private sealed record DecisionMessage(Guid Id, JsonElement? Decision);
}
