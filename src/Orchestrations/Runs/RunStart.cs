using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Preempt.Json;

namespace Preempt;

/// <summary>The start of a run, by a caller or by a parent run.</summary>
internal static class RunStart
{
    /// <summary>Makes the input of a run's orchestration, by the workflow as it is defined now.</summary>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    public static RunRequest MakeRequest(
        RegisteredWorkflow definition, object? given, StartOptions options, DateTimeOffset queuedAt, string? parentId = null)
    {
        JsonElement? input = ReadInput(definition, given);
        CheckOptions(definition, options);
        ImmutableDictionary<string, string> metadata = RunMetadata.Check(options.Metadata, StartOptions.MaxMetadata);
        try
        {
            EndCondition? endWhen = definition.EndWhen(input);
            foreach (string name in endWhen?.Events ?? [])
                EventName.Check(name);
            return new RunRequest
            {
                Workflow = definition.Name,
                Version = definition.Version,
                Protocol = RunProtocol.Accepted,
                QueuedAt = queuedAt,
                Input = input,
                Gates = definition.GatesFor(input, metadata, options.Key),
                StepGates = definition.StepGatesFor(input, metadata),
                Timeout = options.Timeout ?? definition.TimeoutOf(input),
                EndWhen = endWhen,
                Zones = FixedZones.Of(endWhen, queuedAt),
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

    /// <summary>
    /// The id of a run that another calls. It comes from the caller's and the number of the call alone: a turn that happens again, at another
    /// time and with other guids, calls the same run.
    /// </summary>
    public static string MakeChildId(RunRequest request, string parentId, DateTimeOffset parentQueuedAt, int number)
    {
        byte[] entropy = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{parentId}#{number}")));
        return MakeId(request with { QueuedAt = parentQueuedAt.AddTicks(number) }, entropy.AsSpan(0, RunId.EntropyLength));
    }

    /// <summary>Has a run of that id started, by this call or by another. Which request it has is not looked at.</summary>
    public static Task EnsureStartedAsync(
        DurableTaskClient client, string id, RunRequest request, TimeProvider time, CancellationToken cancellationToken) =>
        client.TryScheduleAsync(PreemptFunctions.Run, request.Scheduled(id, time.GetUtcNow()), OptionsFor(id, request), cancellationToken);

    /// <summary>
    /// Starts a run, unless there is an instance of that id, ended or not. The engine tells several callers that start one id at
    /// once that they have started it, and keeps the request of one of them: so what it has kept is read.
    /// </summary>
    /// <returns>Whether the run is that of this very request.</returns>
    public static async Task<bool> TryStartAsync(
        DurableTaskClient client, string id, RunRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        RunRequest own = request.Scheduled(id, time.GetUtcNow()) with { StartId = RandomNumberGenerator.GetHexString(32, lowercase: true) };
        bool isAccepted = await client.TryScheduleAsync(PreemptFunctions.Run, own, OptionsFor(id, own), cancellationToken);
        OrchestrationMetadata? kept = await client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken);
        // An accepted run that is gone already has ended and was deleted.
        return kept is null ? isAccepted : RunReader.ReadRequest(kept)?.StartId == own.StartId;
    }

    /// <summary>Keeps a run's id under another, unless one is kept there.</summary>
    /// <returns>The claim that is kept.</returns>
    public static async Task<IdempotencyClaim> ClaimAsync(DurableTaskClient client, string claimId, string runId, CancellationToken cancellationToken)
    {
        await client.TryScheduleAsync(
            PreemptFunctions.Claim, new IdempotencyClaim(runId), new StartOrchestrationOptions(claimId), cancellationToken);
        return await FindClaimAsync(client, claimId, cancellationToken)
            ?? throw new InvalidOperationException($"The claim {claimId} cannot be read.");
    }

    /// <summary>The claim that is kept under an id; null when there is none.</summary>
    public static async Task<IdempotencyClaim?> FindClaimAsync(DurableTaskClient client, string claimId, CancellationToken cancellationToken)
    {
        OrchestrationMetadata? claim = await client.GetInstanceAsync(claimId, getInputsAndOutputs: true, cancellationToken);
        return claim?.ReadInputAs<IdempotencyClaim>();
    }

    /// <summary>Notes in a claim that its run is about to be deleted. A claim that is no longer kept is not made again.</summary>
    public static async Task MarkDeletedAsync(DurableTaskClient client, string claimId, string runId, CancellationToken cancellationToken)
    {
        if (await FindClaimAsync(client, claimId, cancellationToken) is not { } claim || claim.RunId != runId)
            return;
        // To start an instance that has ended replaces it.
        await client.ScheduleNewOrchestrationInstanceAsync(
            PreemptFunctions.Claim, claim with { IsDeleted = true }, new StartOrchestrationOptions(claimId), cancellationToken);
    }

    private static StartOrchestrationOptions OptionsFor(string id, RunRequest request) => new(id) { Tags = RunTags.Of(request) };

    private static JsonElement? ReadInput(RegisteredWorkflow definition, object? given)
    {
        Workflow workflow = definition.Create();
        try
        {
            JsonElement? input = Payload.ToJson(given);
            return workflow.Check(input) is { } error ? throw new InvalidRunException($"input: {error}") : input;
        }
        catch (JsonException exception)
        {
            const int LongestExample = 500;
            Type type = InputSchema.InputOf(workflow.GetType()) ?? typeof(object);
            string mistake = JsonMistake.Describe(exception, type, Payload.StrictOptions, "it");
            string example = definition.Definition.InputExample is { } known && known.GetRawText() is { Length: <= LongestExample } text
                ? $" An example of what it takes: {text}"
                : "";
            throw new InvalidRunException($"input: not what workflow \"{definition.Name}\" takes: {mistake}{example}");
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
    }
}
