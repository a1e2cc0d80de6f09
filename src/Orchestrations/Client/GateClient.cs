using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>Reads gates for callers.</summary>
internal sealed class GateClient(RunClients app, DurableTaskClient client)
{
    /// <summary>The gates of a workflow's first rule.</summary>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public GateRange OfWorkflow(string workflow)
    {
        RegisteredWorkflow definition = app.Registry.Find(workflow);
        if (definition.Rules is not [var first, ..])
            throw new InvalidRunException($"workflow \"{definition.Name}\" has no concurrency rule, so it has no gates.");
        return first.Name is null ? new GateRange(definition, first, definition.GatePrefix()) : OfRule(first.Name);
    }

    /// <summary>The gates of a rule that workflows share.</summary>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    public GateRange OfRule(string rule) => app.Registry.RulesInCommon.FirstOrDefault(shared => shared.Name == rule) is { } known
        ? new GateRange(null, known, GateId.PrefixOf(rule))
        : throw new UnknownRuleException(rule, app.Registry.RulesInCommon.Select(shared => shared.Name!).ToArray() is [_, ..] names
            ? $"{Words.Or(names)} is expected."
            : "the app's workflows share none.");

    /// <summary>The gate of one key; one that no run has entered is empty.</summary>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public async Task<Gate> GetAsync(GateRange range, string key, CancellationToken cancellationToken)
    {
        GateState state = await FindAsync(range.GateOf(key), cancellationToken);
        return GateReader.Read(range.Workflow, range.Rule, state.Rule is null ? state with { Key = key } : state);
    }

    /// <summary>What a gate remembers; one that no run has entered, nothing.</summary>
    public async Task<GateState> FindAsync(string gate, CancellationToken cancellationToken)
    {
        EntityInstanceId id = new(PreemptFunctions.Gate, gate);
        EntityMetadata<GateState>? entity = await client.Entities.GetEntityAsync<GateState>(id, cancellation: cancellationToken);
        return entity?.State ?? new GateState();
    }

    /// <summary>A page of gates.</summary>
    public async Task<(IReadOnlyList<Gate> Items, string? Cursor)> ListAsync(
        GateRange range, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await foreach (Page<EntityMetadata<GateState>> page in ReadPagesAsync(range, Cursor.Unwrap(cursor), limit, cancellationToken))
        {
            return ([.. page.Values.Select(entity => GateReader.Read(range.Workflow, range.Rule, entity.State))], Cursor.Wrap(page.ContinuationToken));
        }

        return ([], null);
    }

    /// <summary>Gates, page by page.</summary>
    public IAsyncEnumerable<Page<EntityMetadata<GateState>>> ReadPagesAsync(
        GateRange range, string? from, int pageSize, CancellationToken cancellationToken) =>
        ReadPagesAsync(client, range.Prefix, from, pageSize, cancellationToken);

    /// <summary>The gates whose keys begin with a prefix, page by page.</summary>
    public static IAsyncEnumerable<Page<EntityMetadata<GateState>>> ReadPagesAsync(
        DurableTaskClient client, string prefix, string? from, int pageSize, CancellationToken cancellationToken)
    {
        string start = ConcurrencyGate.Of(prefix).ToString();
        return EnginePages.ReadAsync(
            (token, size) => client.Entities.GetAllEntitiesAsync<GateState>(
                new EntityQuery { InstanceIdStartsWith = start, PageSize = size }).AsPages(token, size),
            from,
            pageSize,
            cancellationToken);
    }

    /// <summary>Checks a key that a caller gives.</summary>
    /// <exception cref="InvalidRunException">It is not allowed.</exception>
    public static string CheckKey(string key)
    {
        try
        {
            return KeySelector.Check(key);
        }
        catch (KeyTemplateException exception)
        {
            throw new InvalidRunException(exception.Message);
        }
    }
}

/// <summary>The gates of one rule.</summary>
/// <param name="Workflow">The workflow whose rule it is; null where workflows share it.</param>
/// <param name="Rule">The rule, as the app's code has it now.</param>
/// <param name="Prefix">How the entity keys of its gates begin.</param>
internal sealed record GateRange(RegisteredWorkflow? Workflow, ConcurrencyRule Rule, string Prefix)
{
    /// <summary>The entity key of the gate of a key that a caller gives.</summary>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public string GateOf(string key) => GateId.Of(Prefix, Rule, GateClient.CheckKey(key));
}
