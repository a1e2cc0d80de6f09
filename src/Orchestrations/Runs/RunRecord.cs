using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>
/// What is known of a run beyond its request: its custom status while it lives, part of its output when it has ended. All of
/// its changes are here, and pure.
/// </summary>
internal sealed record RunRecord
{
    /// <summary>Steps that are kept, the latest ones.</summary>
    public const int MaxSteps = 20;

    /// <summary>
    /// The most characters of a record as JSON. A custom status above 8,000 fails the instance from outside its code.
    /// </summary>
    public const int MaxLength = 4000;

    /// <summary>Messages that are kept, the latest ones.</summary>
    public const int MaxHeard = 16;

    /// <summary>The run's status.</summary>
    public RunStatus Status { get; init; } = RunStatus.Queued;

    /// <summary>When its code began, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The first stop request, with the shortest grace of all.</summary>
    public StopRequest? Stop { get; init; }

    /// <summary>Whether the run was ended while a step of its still ran.</summary>
    public bool Forced { get; init; }

    /// <summary>Whether it waits because the app drains.</summary>
    public bool Held { get; init; }

    /// <summary>Its fencing tokens, in the order of its gates.</summary>
    public ImmutableArray<long> FencingTokens { get; init; } = [];

    /// <summary>The latest messages with ids that the run has taken, by <see cref="MarkOf"/>: the sender sees that it was taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<string> Heard { get; init; }

    /// <summary>Whether the run is told of the events that it ends on; false before, and of one that ends on none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Listens { get; init; }

    /// <summary>What is known of the run of a supervised orchestrator; null for any other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SupervisedRun? Supervised { get; init; }

    /// <summary>The latest progress that one of its steps ended with.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>The latest steps, oldest first.</summary>
    public ImmutableArray<StepRecord> Steps { get; init; } = [];

    /// <summary>The code begins.</summary>
    /// <param name="now">The time, UTC.</param>
    /// <returns>The record after it.</returns>
    public RunRecord Start(DateTimeOffset now) => this with { Status = RunStatus.Running, StartedAt = now, Held = false };

    /// <summary>The app drains, or no longer does. A run that has started goes on.</summary>
    /// <param name="held">Whether it drains.</param>
    /// <returns>The record after it.</returns>
    public RunRecord Hold(bool held) => Status == RunStatus.Queued ? this with { Held = held } : this;

    /// <summary>A gate has admitted the run.</summary>
    /// <param name="token">The fencing token.</param>
    /// <returns>The record after it.</returns>
    public RunRecord Admit(long token) => this with { FencingTokens = FencingTokens.Add(token) };

    /// <summary>A gate that did not know the run any more has admitted it again.</summary>
    /// <param name="index">The gate's place among the run's rules.</param>
    /// <param name="token">The fencing token.</param>
    /// <returns>The record after it.</returns>
    public RunRecord Readmit(int index, long token) => this with { FencingTokens = FencingTokens.SetItem(index, token) };

    /// <summary>A message with an id was taken, or has come again.</summary>
    /// <param name="message">The message.</param>
    /// <returns>The record after it.</returns>
    public RunRecord Hear(RunMessage message)
    {
        if (message.Id is not { } id)
            return this;
        string mark = MarkOf(id);
        return this with { Heard = [.. (Heard.IsDefault ? [] : Heard).Where(known => known != mark).TakeLast(MaxHeard - 1), mark] };
    }

    /// <summary>Whether the run has taken a message; of those before the latest 16 that is not known.</summary>
    /// <param name="message">A message with an id.</param>
    /// <returns>Whether the record shows it.</returns>
    public bool HasHeard(RunMessage message) => message.Id is { } id && !Heard.IsDefault && Heard.Contains(MarkOf(id));

    /// <summary>What stands for a message: 80 bits of its id's SHA-256.</summary>
    private static string MarkOf(string id) => RunId.HashKey(id)[..16];

    /// <summary>The run is asked to stop. The first reason stands; a further request can only shorten the grace.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ownGrace">The workflow's grace, for a request that does not say.</param>
    /// <returns>The record after it.</returns>
    public RunRecord RequestStop(StopRequest request, Duration ownGrace)
    {
        if (Status.IsTerminal() || (request.QueuedOnly && Status != RunStatus.Queued))
            return this;
        Duration grace = request.Grace ?? ownGrace;
        if (Stop is { } first)
            return this with { Stop = first with { Grace = Duration.Min(first.Grace ?? ownGrace, grace) } };
        StopRequest kept = request with
        {
            Grace = grace,
            Message = Excerpt.Shorten(request.Message, StopRequest.MaxMessageLength),
            By = Excerpt.Shorten(request.By, StopRequest.MaxByLength),
            SupersededBy = Excerpt.Shorten(request.SupersededBy, RunId.MaxLength),
        };
        return this with { Stop = kept, Status = Status == RunStatus.Running ? RunStatus.Stopping : Status };
    }

    /// <summary>The run has ended. A step that has not is abandoned.</summary>
    /// <param name="status">How.</param>
    /// <param name="now">The time, UTC.</param>
    /// <returns>The record after it.</returns>
    public RunRecord End(RunStatus status, DateTimeOffset now) => Status.IsTerminal() ? this : this with
    {
        Status = status,
        EndedAt = now,
        Steps = [.. Steps.Select(step => step.Status switch
        {
            StepStatus.Running => step with { Status = StepStatus.Abandoned, StopReason = Stop?.Reason },
            StepStatus.Queued => step with { Status = StepStatus.Cancelled, StopReason = Stop?.Reason, Ended = now.ToUnixTimeMilliseconds() },
            _ => step,
        })],
    };

    /// <summary>A step begins, or begins again: what it did before is kept as an earlier attempt.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The record after it.</returns>
    public RunRecord Begin(StepRecord step)
    {
        if (Steps.FirstOrDefault(other => other.Number == step.Number) is { } before)
            step = step.After(before);
        ImmutableArray<StepRecord> others = Steps.RemoveAll(other => other.Number == step.Number);
        return this with { Steps = others.Length < MaxSteps ? others.Add(step) : others.RemoveAt(0).Add(step) };
    }

    /// <summary>A step has ended.</summary>
    /// <param name="number">The step's number.</param>
    /// <param name="outcome">How.</param>
    /// <returns>The record after it.</returns>
    public RunRecord Finish(int number, StepOutcome outcome) => this with
    {
        Steps = [.. Steps.Select(step => step.Number == number ? step.End(outcome) : step)],
        Progress = outcome.Progress ?? Progress,
    };

    /// <summary>The same record with as many of its latest steps as fit <see cref="MaxLength"/>; earlier attempts go first.</summary>
    /// <returns>A record that can be a custom status.</returns>
    public RunRecord Fit()
    {
        RunRecord fitting = this;
        while (!fitting.Steps.IsEmpty && fitting.MayBeTooLong && JsonSerializer.Serialize(fitting).Length > MaxLength)
            fitting = fitting with { Steps = Shorten(fitting.Steps) };
        return fitting;
    }

    /// <summary>Leaves out what matters least: the earlier attempts of the oldest step that has any; those of the latest step, and steps, after these.</summary>
    private static ImmutableArray<StepRecord> Shorten(ImmutableArray<StepRecord> steps)
    {
        for (int index = 0; index < steps.Length - 1; index++)
        {
            if (!steps[index].EarlierAttempts.IsDefault)
                return steps.SetItem(index, steps[index] with { EarlierAttempts = default });
        }

        return steps.RemoveAt(0);
    }

    /// <summary>An estimate, on the safe side, that spares most records a measurement: a step takes 200 characters at most, an earlier attempt 50.</summary>
    private bool MayBeTooLong
    {
        get
        {
            const int CharactersAStep = 200;
            const int CharactersAnAttempt = 50;
            const int CharactersOfTheRest = 900;
            const int CharactersEscaped = 6;
            int text = (Stop?.Message?.Length ?? 0) + (Stop?.By?.Length ?? 0) + (Stop?.SupersededBy?.Length ?? 0) + (Progress?.Message?.Length ?? 0)
                + (Supervised is null ? 0 : SupervisedRun.MaxLength);
            int attempts = Steps.Sum(step => step.EarlierAttempts.IsDefault ? 0 : step.EarlierAttempts.Length);
            return (Steps.Length * CharactersAStep) + (attempts * CharactersAnAttempt) + CharactersOfTheRest + (text * CharactersEscaped) + (FencingTokens.Length * 20)
                + (Heard.IsDefault ? 0 : Heard.Length * 20) > MaxLength;
        }
    }
}

/// <summary>What is known of one step of a run. Its JSON names are short: twenty of them share a custom status.</summary>
internal sealed record StepRecord
{
    /// <summary>The step's number within its run, from 1.</summary>
    [JsonPropertyName("#")]
    public required int Number { get; init; }

    /// <summary>The step's name.</summary>
    [JsonPropertyName("n")]
    public required string Name { get; init; }

    /// <summary>Where it is.</summary>
    [JsonPropertyName("s")]
    public StepStatus Status { get; init; }

    /// <summary>The number of this attempt, from 1.</summary>
    [JsonPropertyName("a")]
    public int Attempt { get; init; } = 1;

    /// <summary>When it was scheduled, and once it has ended, when its code began: milliseconds since 1970, UTC.</summary>
    [JsonPropertyName("b")]
    public long Started { get; init; }

    /// <summary>When its code ended: milliseconds since 1970, UTC.</summary>
    [JsonPropertyName("e")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Ended { get; init; }

    /// <summary>Why it was told to stop.</summary>
    [JsonPropertyName("r")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StopReason? StopReason { get; init; }

    /// <summary>When its code heard that it is to stop: milliseconds since 1970, UTC.</summary>
    [JsonPropertyName("h")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StopHeard { get; init; }

    /// <summary>The attempts before this one, oldest first: the latest of them. Default without any.</summary>
    [JsonPropertyName("p")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<AttemptRecord> EarlierAttempts { get; init; }

    internal StepRecord End(StepOutcome outcome) => this with
    {
        Status = outcome.Status,
        Started = outcome.StartedAt.ToUnixTimeMilliseconds(),
        Ended = outcome.Status == StepStatus.Abandoned ? null : outcome.EndedAt.ToUnixTimeMilliseconds(),
        StopReason = outcome.StopReason,
        StopHeard = outcome.StopHeardAt?.ToUnixTimeMilliseconds(),
    };

    /// <summary>The step as it begins again after an attempt that has ended; one that has not left a trace of its own is forgotten.</summary>
    internal StepRecord After(StepRecord before)
    {
        ImmutableArray<AttemptRecord> earlier = before.EarlierAttempts;
        if (before.Ended is not { } ended || before.Attempt == Attempt)
            return this with { EarlierAttempts = earlier };
        AttemptRecord attempt = new() { Started = before.Started, Ended = ended, IsTimeout = before.Status == StepStatus.TimedOut };
        return this with { EarlierAttempts = [.. (earlier.IsDefault ? [] : earlier).TakeLast(AttemptRecord.MaxKept - 1), attempt] };
    }
}

/// <summary>An attempt of a step that was followed by another: its code threw, or was over its time.</summary>
internal sealed record AttemptRecord
{
    /// <summary>Attempts of a step that are kept, the latest ones.</summary>
    public const int MaxKept = 10;

    /// <summary>When its code began: milliseconds since 1970, UTC.</summary>
    [JsonPropertyName("b")]
    public required long Started { get; init; }

    /// <summary>When its code ended: milliseconds since 1970, UTC.</summary>
    [JsonPropertyName("e")]
    public required long Ended { get; init; }

    /// <summary>Whether it was over its time; otherwise its code threw.</summary>
    [JsonPropertyName("t")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTimeout { get; init; }
}
