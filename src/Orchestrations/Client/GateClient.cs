using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Preempt;

/// <summary>Reads gates for callers.</summary>
internal sealed class GateClient(RunClients app, DurableTaskClient client)
{
    /// <summary>The gate of one key of a workflow; one that no run has entered is empty.</summary>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule, or the key is not allowed.</exception>
    public async Task<Gate> GetAsync(string workflow, string key, CancellationToken cancellationToken)
    {
        RegisteredWorkflow definition = FindGated(workflow);
        GateState state = await FindAsync(definition.GateKey(0, CheckKey(key)), cancellationToken);
        return GateReader.Read(definition, state.Rule is null ? state with { Key = key } : state);
    }

    /// <summary>What a gate remembers; one that no run has entered, nothing.</summary>
    public async Task<GateState> FindAsync(string gate, CancellationToken cancellationToken)
    {
        EntityInstanceId id = new(PreemptFunctions.Gate, gate);
        EntityMetadata<GateState>? entity = await client.Entities.GetEntityAsync<GateState>(id, cancellation: cancellationToken);
        return entity?.State ?? new GateState();
    }

    /// <summary>A page of the gates of a workflow's first rule.</summary>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public async Task<(IReadOnlyList<Gate> Items, string? Cursor)> ListAsync(
        string workflow, int limit, string? cursor, CancellationToken cancellationToken)
    {
        RegisteredWorkflow definition = FindGated(workflow);
        await foreach (Page<EntityMetadata<GateState>> page in ReadPagesAsync(definition, Cursor.Unwrap(cursor), limit, cancellationToken))
        {
            return ([.. page.Values.Select(entity => GateReader.Read(definition, entity.State))], Cursor.Wrap(page.ContinuationToken));
        }

        return ([], null);
    }

    /// <summary>The gates of a workflow's first rule, page by page.</summary>
    public IAsyncEnumerable<Page<EntityMetadata<GateState>>> ReadPagesAsync(
        RegisteredWorkflow definition, string? from, int pageSize, CancellationToken cancellationToken)
    {
        string prefix = new EntityInstanceId(PreemptFunctions.Gate, definition.GatePrefix(0)).ToString();
        return EnginePages.ReadAsync(
            (start, size) => client.Entities.GetAllEntitiesAsync<GateState>(
                new EntityQuery { InstanceIdStartsWith = prefix, PageSize = size }).AsPages(start, size),
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

    private RegisteredWorkflow FindGated(string workflow)
    {
        RegisteredWorkflow definition = app.Registry.Find(workflow);
        if (definition.Rules.IsEmpty)
            throw new InvalidRunException($"workflow \"{definition.Name}\" has no concurrency rule, so it has no gates.");
        return definition;
    }
}
