using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>Reads gates for callers.</summary>
internal sealed class GateClient(RunClients app, DurableTaskClient client)
{
    private readonly AppRules _rules = new(app.Registry);

    /// <summary>The first rule of a workflow.</summary>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no rule.</exception>
    public KnownRule OfWorkflow(string workflow)
    {
        RegisteredWorkflow definition = app.Registry.Find(workflow);
        return _rules.FirstOf(definition)
            ?? throw new InvalidRunException($"workflow \"{definition.Name}\" has no concurrency rule, so it has no gates.");
    }

    /// <summary>The rule of a name.</summary>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    public KnownRule OfRule(string rule) => _rules.Find(rule);

    /// <summary>The gate of one key; one that no run has entered is empty.</summary>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public async Task<Gate> GetAsync(KnownRule rule, string key, CancellationToken cancellationToken)
    {
        GateState state = await FindAsync(rule.GateOf(key), cancellationToken);
        return GateReader.Read(rule, state.Rule is null ? state with { Key = key } : state);
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
        KnownRule rule, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await foreach (Page<EntityMetadata<GateState>> page in ReadPagesAsync(rule, Cursor.Unwrap(cursor), limit, cancellationToken))
        {
            return ([.. page.Values.Select(entity => GateReader.Read(rule, entity.State))], Cursor.Wrap(page.ContinuationToken));
        }

        return ([], null);
    }

    /// <summary>Gates, page by page.</summary>
    public IAsyncEnumerable<Page<EntityMetadata<GateState>>> ReadPagesAsync(
        KnownRule rule, string? from, int pageSize, CancellationToken cancellationToken) =>
        ReadPagesAsync(client, rule.Prefix, from, pageSize, cancellationToken);

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
