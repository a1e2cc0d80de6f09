using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>The workflows of an app, by name. Names do not distinguish case.</summary>
public sealed class WorkflowRegistry
{
    private readonly Dictionary<string, WorkflowDefinition> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, WorkflowDefinition> _byFunction = new(StringComparer.OrdinalIgnoreCase);

    internal WorkflowRegistry(IEnumerable<WorkflowDefinition> definitions, PreemptOptions options)
    {
        foreach (WorkflowDefinition definition in definitions)
        {
            if (!_byFunction.TryAdd(definition.Function, definition))
                throw new ArgumentException($"Two workflows have classes named '{definition.Function}'.", nameof(definitions));
            if (definition.IsLab && !options.Lab)
                continue;
            if (!_byName.TryAdd(definition.Name, definition))
                throw new ArgumentException($"Two workflows are named '{definition.Name}'.", nameof(definitions));
        }
    }

    /// <summary>The workflows that can be started, in the order of their names.</summary>
    public IEnumerable<WorkflowDefinition> All => _byName.Values.OrderBy(definition => definition.Name, StringComparer.Ordinal);

    /// <summary>Finds a workflow that can be started.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="definition">The workflow.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out WorkflowDefinition? definition) => _byName.TryGetValue(name, out definition);

    internal WorkflowDefinition GetByFunction(string function) => _byFunction.TryGetValue(function, out WorkflowDefinition? definition)
        ? definition
        : throw new InvalidOperationException($"No workflow of class '{function}' is registered: add it with AddWorkflow<{function}>().");
}
