using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>
/// Sends messages to runs: stops, extensions, events. A message is acknowledged when the run's record shows that it was heard; before its
/// first turn a run can miss one, over Azure Storage. So one that is not shown is sent again: its run takes it once.
/// </summary>
internal sealed class RunMessenger(RunClients app, DurableTaskClient client, RunLookup lookup)
{
    /// <summary>Looks at the run's record until the message is in it: some four seconds.</summary>
    private const int MaxLooks = 20;

    private const int LooksBetweenMessages = 8;

    /// <summary>Asks a run to stop, and waits until it has heard.</summary>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">An option is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended, or has started and only a queued one is meant.</exception>
    public async Task<Run> CancelAsync(string id, CancelOptions options, string? by, CancellationToken cancellationToken)
    {
        if (options.Grace > StopRequest.LongestGrace)
            throw new InvalidRunException($"grace \"{options.Grace}\": {(Duration)StopRequest.LongestGrace} at most.");
        RunCondition condition = options.QueuedOnly ? RunCondition.Queued : RunCondition.None;
        (FoundRun found, RunMessage message) = await StopAsync(
            await lookup.LookAsync(id, cancellationToken), options, by, condition, cancellationToken);
        if (found.Run.Stop is null)
            Check(found, message);
        if (options.Delete)
            await RunDeletion.ScheduleAsync(client, id, cancellationToken);
        return await app.Progress.FillAsync(found.Run, cancellationToken);
    }

    /// <summary>Asks a run to stop, and waits until it has heard, if it does within some seconds.</summary>
    /// <returns>The run as it is then, and what it was sent. One that does not meet the condition when it hears of the stop goes on.</returns>
    /// <exception cref="RunConflictException">The run has ended, or does not meet the condition.</exception>
    public async Task<(FoundRun Found, RunMessage Message)> StopAsync(
        FoundRun found, CancelOptions options, string? by, RunCondition condition, CancellationToken cancellationToken)
    {
        RunMessage message = await RequestStopAsync(found, options, by, condition, cancellationToken);
        found = await ConfirmAsync(
            found.Run.Id, message, now => now.Run.Stop is not null || WhyNot(now, message) is not null, cancellationToken);
        return (found, message);
    }

    /// <summary>Asks a run to stop, and does not wait until it has heard.</summary>
    /// <exception cref="RunConflictException">The run has ended, or does not meet the condition.</exception>
    public async Task<RunMessage> RequestStopAsync(
        FoundRun found, CancelOptions options, string? by, RunCondition condition, CancellationToken cancellationToken)
    {
        StopRequest stop = new()
        {
            Reason = StopReason.Requested,
            RequestedAt = app.Time.GetUtcNow(),
            Message = options.Message,
            Grace = options.Grace,
            By = by,
        };
        RunMessage message = RunMessage.ForStop(stop) with { If = condition.IsNone ? null : condition, Life = found.Request.Life };
        await SendAsync(found, message, cancellationToken);
        // Whoever has it stop wants it to hear.
        if (found.IsSuspended)
            await client.ResumeAsync(found.Run.Id, "The run is to stop.", cancellationToken);
        // Only a run that has started has steps to tell.
        if (condition.Allows(RunStatus.Running))
        {
            StopNotice notice = new(found.Run.Id, StopReason.Requested, RequestedAt: stop.RequestedAt, Life: found.Request.Life);
            await app.Feed.TryPublishAsync(notice, cancellationToken);
        }

        return message;
    }

    /// <summary>Gives a run more time, once for each idempotency key.</summary>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended, or stops already: the extension comes too late.</exception>
    /// <exception cref="RunNotAnsweringException">The run has not heard of it within some seconds.</exception>
    public Task<Run> ExtendAsync(string id, Duration by, string? idempotencyKey, CancellationToken cancellationToken)
    {
        RunMessage message = new() { Kind = RunMessageKind.Extend, By = by, Id = IdempotencyKey.Hash(idempotencyKey, nameof(RunMessageKind.Extend)) };
        return DeliverAsync(id, message, cancellationToken);
    }

    /// <summary>Sends an event to a run, once for each idempotency key.</summary>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">The name or the key is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended.</exception>
    /// <exception cref="RunNotAnsweringException">The run has not heard of it within some seconds.</exception>
    public Task<Run> RaiseEventAsync(
        string id, string name, JsonElement? payload, string? idempotencyKey, CancellationToken cancellationToken)
    {
        string scope = $"{nameof(RunMessageKind.Event)} {EventName.Check(name).ToUpperInvariant()}";
        return DeliverAsync(id, RunMessage.ForEvent(name, payload, IdempotencyKey.Hash(idempotencyKey, scope)), cancellationToken);
    }

    /// <summary>Sends a message, and waits until the run has heard of it.</summary>
    private async Task<Run> DeliverAsync(string id, RunMessage message, CancellationToken cancellationToken)
    {
        FoundRun found = await lookup.LookAsync(id, cancellationToken);
        message = message with { Life = found.Request.Life };
        if (!found.Record.HasHeard(message))
        {
            await SendAsync(found, message, cancellationToken);
            found = await ConfirmAsync(id, message, now => now.Record.HasHeard(message) || WhyNot(now, message) is not null, cancellationToken);
        }

        if (found.Record.HasHeard(message))
            return await app.Progress.FillAsync(found.Run, cancellationToken);
        Check(found, message);
        throw new RunNotAnsweringException(id);
    }

    /// <summary>Sends a message to a run that has not ended.</summary>
    /// <exception cref="RunConflictException">The run does not take it.</exception>
    private async Task SendAsync(FoundRun found, RunMessage message, CancellationToken cancellationToken)
    {
        Check(found, message);
        if (await client.TrySendAsync(found.Run.Id, message, cancellationToken))
            return;
        Check(await lookup.LookAsync(found.Run.Id, cancellationToken), message);
        throw new RunNotAnsweringException(found.Run.Id);
    }

    private static void Check(FoundRun found, RunMessage message)
    {
        if (WhyNot(found, message) is { } reason)
            throw new RunConflictException(reason, found.Run);
    }

    /// <summary>Why a run does not take a message any more; null when it does.</summary>
    private static string? WhyNot(FoundRun found, RunMessage message) => found.Run switch
    {
        { Status: var status } when status.IsTerminal() => $"The run has ended: it is {status}.",
        { Stop: not null } when message.Kind == RunMessageKind.Extend => "The run is stopping already; more time would not change that.",
        { Status: var status } when message.If?.Holds(found.Record) == false => $"The run is {status}; the request was only for {message.If}.",
        _ => null,
    };

    /// <summary>The run once its record shows what became of a message; as it is if that takes longer than some seconds.</summary>
    private Task<FoundRun> ConfirmAsync(
        string id, RunMessage message, Func<FoundRun, bool> isDecided, CancellationToken cancellationToken) =>
        new GrowingPause(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(250)).LookUntilAsync(
            async look =>
            {
                FoundRun found = await lookup.LookAsync(id, cancellationToken);
                if (look % LooksBetweenMessages == 0 && !isDecided(found))
                    await client.TrySendAsync(id, message, cancellationToken);
                return found;
            },
            isDecided,
            MaxLooks,
            app.Time,
            cancellationToken);
}
