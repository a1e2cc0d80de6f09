using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>
/// The events that a run is sent. The first to wait gets the first event of the name; one that nobody waits for is kept until
/// somebody does.
/// </summary>
internal sealed class RunEvents(RunSupervisor run, TaskOrchestrationContext context)
{
    /// <summary>Events that are kept for the run's code at one time; further ones are dropped.</summary>
    public const int MaxUnread = 1000;

    private readonly List<(string Name, JsonElement? Payload)> _unread = [];
    private readonly List<Waiter> _waiters = [];

    /// <summary>An event has arrived.</summary>
    public void Receive(string name, JsonElement? payload)
    {
        if (_waiters.Find(waiter => IsSame(waiter.Name, name)) is { } first)
        {
            _waiters.Remove(first);
            first.Source.TrySetResult(payload);
        }
        else if (_unread.Count < MaxUnread)
        {
            _unread.Add((name, payload));
        }
        else
        {
            run.Logger.LogWarning("Run {Run} has {Count} unread events; event {Event} is dropped", run.RunId, MaxUnread, name);
        }
    }

    /// <summary>Waits for an event.</summary>
    /// <exception cref="TimeoutException">The time was over before it came.</exception>
    public async Task<T> WaitAsync<T>(string name, Duration timeout, CancellationToken cancellationToken)
    {
        run.CheckMayBegin(cancellationToken);
        EventName.Check(name);
        int kept = _unread.FindIndex(unread => IsSame(unread.Name, name));
        if (kept >= 0)
        {
            JsonElement? payload = _unread[kept].Payload;
            _unread.RemoveAt(kept);
            return Payload.Read<T>(payload);
        }

        Waiter waiter = new(name);
        _waiters.Add(waiter);
        try
        {
            return Payload.Read<T>(await WaitAsync(waiter, timeout, cancellationToken));
        }
        finally
        {
            _waiters.Remove(waiter);
        }
    }

    private async Task<JsonElement?> WaitAsync(Waiter waiter, Duration timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.EndToken);
        Task<JsonElement?> received = waiter.Source.Task.WaitAsync(timer.Token);
        if (timeout.IsNever)
            return await received;
        await Task.WhenAny(received, run.SleepUntilAsync(context.CurrentUtcDateTime + timeout.Value, timer.Token));
        bool isOver = !received.IsCompleted;
        timer.Cancel();
        return isOver ? throw new TimeoutException($"No event '{waiter.Name}' came within {timeout}.") : await received;
    }

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private sealed class Waiter(string name)
    {
        public string Name => name;

        public TaskCompletionSource<JsonElement?> Source { get; } = new();
    }
}
