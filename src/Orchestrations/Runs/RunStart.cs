using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>What it takes to start a run, whoever starts it: a caller, or a run as its parent.</summary>
internal static class RunStart
{
    /// <summary>Makes the input of a run's orchestration. Pure: a parent's replay makes the same.</summary>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    public static RunRequest MakeRequest(
        RegisteredWorkflow definition, object? given, StartOptions options, DateTimeOffset queuedAt, string? parentId = null)
    {
        JsonElement? input = ReadInput(definition, given);
        CheckOptions(definition, options);
        ImmutableDictionary<string, string> metadata =
            options.Metadata?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty;
        try
        {
            return new RunRequest
            {
                Workflow = definition.Name,
                Version = definition.Version,
                QueuedAt = queuedAt,
                Input = input,
                Gates = definition.GatesFor(input, metadata, options.Key),
                StepGates = definition.StepGatesFor(input, metadata),
                Timeout = options.Timeout ?? definition.TimeoutOf(input),
                EndWhen = definition.EndWhen(input),
                ScheduleTimeout = options.ScheduleTimeout ?? definition.ScheduleTimeout,
                Priority = options.Priority,
                Grace = definition.Grace,
                Metadata = metadata,
                ParentId = parentId,
                PublishesLifecycle = definition.PublishesLifecycle,
            };
        }
        catch (Exception exception) when (exception is KeyTemplateException or ArgumentException)
        {
            throw new InvalidRunException(exception.Message);
        }
    }

    /// <summary>The id of a run that nobody has chosen one for.</summary>
    public static string MakeId(RunRequest request, ReadOnlySpan<byte> entropy)
    {
        string keyHash = request.Gates is [var gate, ..] ? RunId.HashKey(gate.Key) : RunId.NoKey;
        return RunId.Create(request.Workflow, keyHash, request.QueuedAt, entropy);
    }

    /// <summary>Starts a run, unless there is an instance of that id, ended or not.</summary>
    public static Task<bool> TryStartAsync(DurableTaskClient client, string id, RunRequest request, CancellationToken cancellationToken) =>
        TryScheduleAsync(
            client, PreemptFunctions.Run, request, new StartOrchestrationOptions(id) { Tags = RunTags.Of(request) }, cancellationToken);

    /// <summary>Keeps a run's id under another, unless that is taken.</summary>
    public static Task<bool> TryClaimAsync(DurableTaskClient client, string claimId, string runId, CancellationToken cancellationToken) =>
        TryScheduleAsync(
            client, PreemptFunctions.Claim, new IdempotencyClaim(runId), new StartOrchestrationOptions(claimId), cancellationToken);

    private static async Task<bool> TryScheduleAsync(
        DurableTaskClient client, string function, object input, StartOrchestrationOptions options, CancellationToken cancellationToken)
    {
        StartOrchestrationOptions start = options.WithDedupeStatuses(
            OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(function, input, start, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The real client and the embedded one refuse a taken id with exceptions of different types.
            if (await client.GetInstanceAsync(start.InstanceId!, cancellationToken) is null)
                throw;
            return false;
        }
    }

    private static JsonElement? ReadInput(RegisteredWorkflow definition, object? given)
    {
        try
        {
            JsonElement? input = Payload.ToJson(given);
            return definition.Create().Check(input) is { } error ? throw new InvalidRunException($"input: {error}") : input;
        }
        catch (JsonException exception)
        {
            throw new InvalidRunException($"input: not what workflow \"{definition.Name}\" takes: {exception.Message}");
        }
    }

    private static void CheckOptions(RegisteredWorkflow definition, StartOptions options)
    {
        if (options.RunId is { } id && RunId.Validate(id) is { } error)
            throw new InvalidRunException(error);
        if (options.Key is not null && definition.Rules.IsEmpty)
            throw new InvalidRunException($"key: workflow \"{definition.Name}\" has no concurrency rule, so it takes no key.");
        if (options.Timeout is { } timeout && timeout > definition.Timeout)
            throw new InvalidRunException($"timeout \"{timeout}\": workflow \"{definition.Name}\" allows {definition.Timeout} at most.");
        if (options.ScheduleTimeout is { } scheduleTimeout && scheduleTimeout > definition.ScheduleTimeout)
        {
            throw new InvalidRunException(
                $"scheduleTimeout \"{scheduleTimeout}\": workflow \"{definition.Name}\" allows {definition.ScheduleTimeout} at most.");
        }

        if (Math.Abs((long)options.Priority) > StartOptions.MaxPriority)
            throw new InvalidRunException($"priority {options.Priority}: -{StartOptions.MaxPriority} to {StartOptions.MaxPriority} is allowed.");
        if (options.Metadata?.Count > StartOptions.MaxMetadata)
            throw new InvalidRunException($"metadata: {StartOptions.MaxMetadata} entries at most; these are {options.Metadata.Count}.");
        foreach ((string name, string value) in options.Metadata ?? ImmutableDictionary<string, string>.Empty)
        {
            if (value is null || name.Length is 0 or > StartOptions.MaxMetadataNameLength || value.Length > StartOptions.MaxMetadataValueLength)
            {
                throw new InvalidRunException(
                    $"metadata: a name has 1 to {StartOptions.MaxMetadataNameLength} characters, and a value is text of {StartOptions.MaxMetadataValueLength} at most.");
            }
        }
    }
}
