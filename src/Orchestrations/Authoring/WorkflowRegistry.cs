using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>The workflows of an app, by name. Names do not distinguish case.</summary>
public sealed class WorkflowRegistry
{
    private readonly Dictionary<string, RegisteredWorkflow> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RegisteredWorkflow> _byFunction = new(StringComparer.OrdinalIgnoreCase);

    internal WorkflowRegistry(IEnumerable<RegisteredWorkflow> definitions, PreemptOptions options)
    {
        foreach (RegisteredWorkflow definition in definitions)
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
    public IEnumerable<WorkflowDefinition> Definitions => All.Select(workflow => workflow.Definition);

    /// <summary>The same workflows, with the code that they are.</summary>
    internal IEnumerable<RegisteredWorkflow> All => _byName.Values.OrderBy(definition => definition.Name, StringComparer.Ordinal);

    /// <summary>Finds a workflow that can be started.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="definition">The workflow.</param>
    /// <returns>Whether there is one.</returns>
    internal bool TryGet(string name, [NotNullWhen(true)] out RegisteredWorkflow? definition) => _byName.TryGetValue(name, out definition);

    internal RegisteredWorkflow GetByFunction(string function) => _byFunction.TryGetValue(function, out RegisteredWorkflow? definition)
        ? definition
        : throw new InvalidOperationException($"No workflow of class '{function}' is registered: add it with AddWorkflow<{function}>().");
}
