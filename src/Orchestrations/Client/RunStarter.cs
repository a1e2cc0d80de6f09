using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Starts runs: each once, and accepted when the call completes.</summary>
internal sealed class RunStarter(RunClients app, DurableTaskClient client, RunLookup lookup)
{
    /// <summary>Starts a run.</summary>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    /// <exception cref="RunConflictException">A run of the given id exists.</exception>
    public async Task<Run> StartAsync(
        string workflow, object? input, StartOptions options, bool waitWhileDraining, CancellationToken cancellationToken)
    {
        RegisteredWorkflow definition = app.Registry.Find(workflow);
        using Activity? activity = RunTelemetry.Starting(definition.Name);
        RunRequest request = await MakeRequestAsync(definition, input, options, waitWhileDraining, cancellationToken);
        if (options.RunId is not { } chosen)
        {
            // Nobody else has this id, so nobody else can have started it.
            string id = NewId(request);
            await RunStart.EnsureStartedAsync(client, id, request, app.Time, cancellationToken);
            return await AcceptAsync(id, request, cancellationToken);
        }

        await PointToAsync(chosen, request, cancellationToken);
        return await RunStart.TryStartAsync(client, chosen, request, app.Time, cancellationToken)
            ? await AcceptAsync(chosen, request, cancellationToken)
            : throw new RunConflictException(
                $"A run with the id \"{chosen}\" exists.",
                await app.Progress.FillAsync((await FindTakenAsync(chosen, cancellationToken)).Run, cancellationToken));
    }

    /// <summary>Starts a run, unless one was started with the same idempotency key of the same workflow before.</summary>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The key, the input or an option is not allowed.</exception>
    /// <exception cref="RunConflictException">A run of the given id exists, and was not started with this key.</exception>
    /// <exception cref="RunDeletedException">The run of this key was deleted.</exception>
    /// <exception cref="IdempotencyKeyReusedException">The key was used for another start of the workflow.</exception>
    public async Task<(Run Run, bool IsNew)> StartOnceAsync(
        string workflow,
        object? input,
        string idempotencyKey,
        StartOptions options,
        bool waitWhileDraining,
        CancellationToken cancellationToken)
    {
        IdempotencyKey.Check(idempotencyKey);
        RegisteredWorkflow definition = app.Registry.Find(workflow);
        using Activity? activity = RunTelemetry.Starting(definition.Name);
        string claimId = $"{KeptIds.Claims}{definition.Name}:{RunId.HashKey(idempotencyKey)}";
        RunRequest request = await MakeRequestAsync(definition, input, options, waitWhileDraining, cancellationToken);
        request = request with
        {
            ClaimId = claimId,
            Fingerprint = IdempotencyKey.Fingerprint(new GivenStart(request.Input, options with { Metadata = Sorted(options.Metadata) })),
        };
        if (options.RunId is { } chosen && await RunStart.FindClaimAsync(client, claimId, cancellationToken) is null
            && await client.GetInstanceAsync(chosen, cancellationToken) is not null)
            throw OfAnotherStart((await FindTakenAsync(chosen, cancellationToken)).Run);
        // An instance of its own keeps the key and its run together. The run's id is the one that is stored, whichever call asked for it.
        IdempotencyClaim claim = await RunStart.ClaimAsync(client, claimId, options.RunId ?? NewId(request), cancellationToken);
        string id = claim.RunId;
        if (claim.IsDeleted && await lookup.FindAsync(id, cancellationToken) is null)
            throw new RunDeletedException(id);
        // The process that made the claim may have died before the run was started: then this call starts it.
        await PointToAsync(id, request, cancellationToken);
        if (await RunStart.TryStartAsync(client, id, request, app.Time, cancellationToken))
            return (await AcceptAsync(id, request, cancellationToken), true);
        FoundRun found = await FindTakenAsync(id, cancellationToken);
        if (found.Request.ClaimId != claimId)
            throw OfAnotherStart(found.Run);
        IdempotencyKey.CheckSame(found.Request.Fingerprint, request.Fingerprint);
        await WaitUntilListeningAsync(id, found.Request, cancellationToken);
        return (await app.Progress.FillAsync(found.Run, cancellationToken), false);
    }

    /// <summary>All that a start says.</summary>
    private sealed record GivenStart(JsonElement? Input, StartOptions Options);

    private static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is null ? null : new(metadata.ToDictionary(), StringComparer.Ordinal);

    private static RunConflictException OfAnotherStart(Run run) =>
        new($"A run with the id \"{run.Id}\" exists, and was not started with this idempotency key.", run);

    /// <summary>The run that has an id which another start asked for.</summary>
    /// <exception cref="InvalidRunException">An orchestration that is no run has it.</exception>
    private async Task<FoundRun> FindTakenAsync(string id, CancellationToken cancellationToken) =>
        await lookup.FindAsync(id, cancellationToken)
        ?? throw new InvalidRunException($"runId: an orchestration with the id \"{id}\" exists that is no run; choose another.");

    /// <summary>Starts a run for another, unless it has been started.</summary>
    public async Task StartForAnotherAsync(ChildStart start, CancellationToken cancellationToken)
    {
        AppState state = await app.Mode.GetAsync(client, cancellationToken);
        RunRequest request = start.Request with { Held = state.Mode != AppMode.Running };
        await RunStart.EnsureStartedAsync(client, start.RunId, request, app.Time, cancellationToken);
        await WaitUntilListeningAsync(start.RunId, request, cancellationToken);
    }

    /// <summary>Starts a run with the input, the key, the metadata, the priority and the timeouts of one that has ended.</summary>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="UnknownWorkflowException">Its workflow no longer exists.</exception>
    /// <exception cref="InvalidRunException">The workflow no longer accepts the input.</exception>
    /// <exception cref="RunConflictException">The run has not ended.</exception>
    public async Task<(Run Run, bool IsNew)> ReplayAsync(string id, string? idempotencyKey, CancellationToken cancellationToken)
    {
        (Run run, RunRequest request, _) = await lookup.LookAsync(id, cancellationToken);
        if (!run.Status.IsTerminal())
            throw new RunConflictException($"The run has not ended: it is {run.Status}. Only a run that has ended can be replayed.", run);
        RegisteredWorkflow definition = app.Registry.Find(run.Workflow);
        StartOptions options = new()
        {
            Key = definition.Rules.IsEmpty ? null : run.Key,
            Metadata = run.Metadata,
            Priority = request.Priority,
            // Narrower than the workflow's own only where the start said so.
            Timeout = request.Timeout < definition.TimeoutOf(run.Input) ? request.Timeout : (Duration?)null,
            ScheduleTimeout = request.ScheduleTimeout < definition.ScheduleTimeout ? request.ScheduleTimeout : (Duration?)null,
        };
        return idempotencyKey is null
            ? (await StartAsync(run.Workflow, run.Input, options, waitWhileDraining: false, cancellationToken), true)
            : await StartOnceAsync(run.Workflow, run.Input, idempotencyKey, options, waitWhileDraining: false, cancellationToken);
    }

    private async Task<RunRequest> MakeRequestAsync(
        RegisteredWorkflow definition, object? input, StartOptions options, bool waitWhileDraining, CancellationToken cancellationToken)
    {
        RunRequest request = RunStart.MakeRequest(definition, input, options, app.Clock.Next()) with { TraceParent = RunTelemetry.TraceParent };
        await app.CleanUp.EnsureAsync(client, cancellationToken);
        AppState state = await app.Mode.GetAsync(client, cancellationToken);
        return state switch
        {
            { Mode: AppMode.Running } => request,
            { Refuse: true } when !waitWhileDraining => throw new AppDrainingException(),
            _ => request with { Held = true },
        };
    }

    private static string NewId(RunRequest request)
    {
        Span<byte> entropy = stackalloc byte[RunId.EntropyLength];
        RandomNumberGenerator.Fill(entropy);
        return RunStart.MakeId(request, entropy);
    }

    private async Task<Run> AcceptAsync(string id, RunRequest request, CancellationToken cancellationToken)
    {
        await WaitUntilListeningAsync(id, request, cancellationToken);
        return RunReader.Accepted(id, request);
    }

    /// <summary>
    /// A run that ends on events is accepted when it is told of them: an event that is published after its start was answered must find it. It
    /// subscribes by itself, in its first turn. An app that has not come to that in twenty seconds has nobody who works: then the start is
    /// answered all the same, because the run is stored.
    /// </summary>
    private async Task WaitUntilListeningAsync(string id, RunRequest request, CancellationToken cancellationToken)
    {
        if (!request.EndingEvents.Any())
            return;
        FoundRun? found = await new GrowingPause(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(250)).LookUntilAsync(
            _ => lookup.FindAsync(id, cancellationToken),
            static found => found is null || found.Record.Listens || found.Run.Status.IsTerminal(),
            most: 85,
            app.Time,
            cancellationToken);
        if (found?.Record.Listens != true || found.Run.Status.IsTerminal())
            return;
        // Azure Storage sends an entity's answer before it writes its state: publishers read what is written.
        foreach (string name in request.EndingEvents)
        {
            await new GrowingPause(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1)).LookUntilAsync(
                _ => EventSubscribers.ReadAsync(client, name, cancellationToken),
                known => known.Contains(request.HolderOf(id)),
                most: 15,
                app.Time,
                cancellationToken);
        }
    }

    private async Task PointToAsync(string id, RunRequest request, CancellationToken cancellationToken)
    {
        if (RunRange.PointerTo(id, request) is not null && await client.GetInstanceAsync(id, cancellationToken) is null)
            await RunRange.PointToAsync(client, id, request, cancellationToken);
    }
}

/// <summary>The input of the instance that keeps an idempotency key and its run together.</summary>
/// <param name="RunId">The run.</param>
/// <param name="IsDeleted">Whether the run was deleted, or is about to be.</param>
internal sealed record IdempotencyClaim(string RunId, bool IsDeleted = false);
