using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Makes a <see cref="Run"/> of what the engine knows of an instance.</summary>
internal static class RunReader
{
    /// <summary>The run; null when the instance is not a run.</summary>
    public static Run? Read(OrchestrationMetadata instance) => Find(instance)?.Run;

    /// <summary>The run, with what the library knows of it; null when the instance is not a run.</summary>
    public static FoundRun? Find(OrchestrationMetadata instance)
    {
        if (ReadRequest(instance) is not { } request)
            return null;
        RunOutcome outcome = ReadOutcome(instance);
        // The engine says only that the history does not fit the code.
        bool isRefused = instance.RuntimeStatus == OrchestrationRuntimeStatus.Failed && outcome.Error is not null;
        if (isRefused && RunProtocol.Refusal(request.Protocol) is { } refusal)
            outcome = outcome with { Error = RunErrors.From(typeof(InvalidOperationException).FullName!, refusal) };
        return new FoundRun(Make(instance.InstanceId, request, outcome), request, outcome.Record)
        {
            IsSuspended = instance.RuntimeStatus == OrchestrationRuntimeStatus.Suspended,
            HasBegun = instance.RuntimeStatus != OrchestrationRuntimeStatus.Pending,
        };
    }

    /// <summary>The run of a request that was accepted just now, without asking the engine for it.</summary>
    public static Run Accepted(string id, RunRequest request) =>
        Make(id, request, new RunOutcome { Record = new RunRecord { Held = request.Held } });

    private static Run Make(string id, RunRequest request, RunOutcome outcome)
    {
        RunRecord record = outcome.Record;
        return new Run
        {
            Id = id,
            Workflow = request.Workflow,
            Version = request.Version,
            Key = request.Gates is [var gate, ..] ? gate.Key : record.Supervised?.Key,
            Status = record.Status,
            Input = request.Input,
            Output = outcome.Output,
            Error = outcome.Error,
            Stop = record.Stop is { } stop
                ? new RunStop(stop.Reason, stop.RequestedAt, record.Forced, stop.Message, stop.By, stop.SupersededBy, stop.Grace, stop.RetryAt)
                : null,
            Progress = record.Progress,
            Attempt = record.Steps is [.., var last] ? last.Attempt : 0,
            FencingTokens = record.FencingTokens,
            QueuedAt = request.QueuedAt,
            StartedAt = record.StartedAt,
            EndedAt = record.EndedAt,
            ParentId = request.ParentId,
            Metadata = request.Metadata,
            Steps = [.. record.Steps.Select(ToStep)],
        };
    }

    /// <summary>What the run was started with; null when the instance is not a run.</summary>
    public static RunRequest? ReadRequest(OrchestrationMetadata instance)
    {
        if (StoredJson.TryRead<RunRequest>(instance.SerializedInput) is { Workflow: not null } request)
            return request;
        return StoredJson.TryRead<RunRecord>(instance.SerializedCustomStatus)?.Supervised is { Workflow: not null } supervised
            ? new RunRequest
            {
                Workflow = supervised.Workflow,
                Version = supervised.Version,
                QueuedAt = supervised.QueuedAt,
                Input = StoredJson.TryReadAny(instance.SerializedInput),
                IsSupervised = true,
            }
            : null;
    }

    private static RunStep ToStep(StepRecord step) => new(
        step.Number,
        step.Name,
        step.Status,
        step.Attempt,
        DateTimeOffset.FromUnixTimeMilliseconds(step.Started),
        ToTime(step.Ended),
        step.StopReason)
    {
        StopHeardAt = ToTime(step.StopHeard),
        EarlierAttempts = step.EarlierAttempts.IsDefault ? [] : [.. step.EarlierAttempts.Select((attempt, index) => new StepAttempt(
            step.Attempt - step.EarlierAttempts.Length + index,
            attempt.IsTimeout ? StepStatus.TimedOut : StepStatus.Failed,
            DateTimeOffset.FromUnixTimeMilliseconds(attempt.Started),
            DateTimeOffset.FromUnixTimeMilliseconds(attempt.Ended)))],
    };

    private static DateTimeOffset? ToTime(long? milliseconds) =>
        milliseconds is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;

    /// <summary>How the run of an instance has ended, or its record so far.</summary>
    public static RunOutcome ReadOutcome(OrchestrationMetadata instance)
    {
        RunRecord record = StoredJson.TryRead<RunRecord>(instance.SerializedCustomStatus) ?? new RunRecord();
        return instance.RuntimeStatus switch
        {
            // Has not had its first turn: what else it says is of an earlier instance of its id.
            OrchestrationRuntimeStatus.Pending => new RunOutcome { Record = new RunRecord() },
            OrchestrationRuntimeStatus.Completed when record.Supervised is not null =>
                new RunOutcome { Record = record, Output = StoredJson.TryReadAny(instance.SerializedOutput) },
            OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Terminated
                when StoredJson.TryRead<RunOutcome>(instance.SerializedOutput) is { Record: not null } outcome => outcome,
            OrchestrationRuntimeStatus.Terminated => new RunOutcome { Record = EndedFromOutside(record, instance.LastUpdatedAt) },
            OrchestrationRuntimeStatus.Failed => new RunOutcome
            {
                Record = record.End(RunStatus.Failed, instance.LastUpdatedAt),
                Error = record.Status is RunStatus.Cancelled or RunStatus.TimedOut or RunStatus.Rejected ? null : ReadFailure(instance),
            },
            _ => new RunOutcome { Record = record },
        };
    }

    /// <summary>Why an instance failed. Over a Functions host the client has no details of it: there the output says "type: message".</summary>
    private static RunError? ReadFailure(OrchestrationMetadata instance)
    {
        if (instance.FailureDetails is { } failure)
            return RunErrors.From(failure.ErrorType, failure.ErrorMessage);
        return instance.SerializedOutput?.Split(": ", 2) switch
        {
            null => null,
            [{ Length: > 0 } type, var message] when !type.Contains(' ', StringComparison.Ordinal) => RunErrors.From(type, message),
            _ => RunErrors.From(typeof(Exception).FullName!, instance.SerializedOutput!),
        };
    }

    /// <summary>Somebody terminated the instance with the platform's own means, past its supervisor.</summary>
    private static RunRecord EndedFromOutside(RunRecord record, DateTimeOffset at) => record with
    {
        Status = RunStatus.Cancelled,
        EndedAt = at,
        Forced = true,
        Stop = record.Stop ?? new StopRequest
        {
            Reason = StopReason.Requested,
            RequestedAt = at,
            Message = "The orchestration instance was terminated from outside.",
        },
    };
}
