using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>The workflows of an app, by name. Names are case-insensitive.</summary>
public sealed class WorkflowRegistry
{
    private readonly Dictionary<string, RegisteredWorkflow> _byName;
    private readonly Dictionary<Type, RegisteredWorkflow> _byClass;
    private readonly bool _hasLab;

    /// <param name="definitions">The workflows, with different names.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="options">The app's settings.</param>
    internal WorkflowRegistry(IReadOnlyCollection<RegisteredWorkflow> definitions, StepRegistry steps, PreemptOptions options)
    {
        _byName = definitions.ToDictionary(definition => definition.Name, StringComparer.OrdinalIgnoreCase);
        _byClass = definitions.Where(definition => definition.Class is not null).ToDictionary(definition => definition.Class!);
        _hasLab = options.Lab;
        Steps = steps;
        Traced = TracedDetails.Of(options);
    }

    /// <summary>The workflows that can be started, in the order of their names.</summary>
    public IEnumerable<WorkflowDefinition> Definitions => All.Select(workflow => workflow.Definition);

    /// <summary>The same workflows, with the code that they are.</summary>
    internal IEnumerable<RegisteredWorkflow> All =>
        _byName.Values.Where(CanBeStarted).OrderBy(definition => definition.Name, StringComparer.Ordinal);

    internal StepRegistry Steps { get; }

    /// <summary>The rules that workflows share, also of those that cannot be started.</summary>
    internal SharedRules Rules { get; init; } = SharedRules.None;

    /// <summary>The rules that the workflows which can be started use in common.</summary>
    internal IEnumerable<ConcurrencyRule> RulesInCommon
    {
        get
        {
            HashSet<string?> used = [.. All.SelectMany(workflow => workflow.Rules.Concat(workflow.StepRules.Select(step => step.Rule))).Select(rule => rule.Name)];
            return Rules.All.Select(shared => shared.Rule).Where(rule => used.Contains(rule.Name));
        }
    }

    internal TracedDetails Traced { get; }

    /// <summary>Finds a workflow that can be started.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="definition">The workflow.</param>
    /// <returns>Whether there is one.</returns>
    internal bool TryGet(string name, [NotNullWhen(true)] out RegisteredWorkflow? definition)
    {
        definition = _byName.GetValueOrDefault(name) is { } found && CanBeStarted(found) ? found : null;
        return definition is not null;
    }

    /// <summary>The workflow of that name that can be started.</summary>
    /// <exception cref="UnknownWorkflowException">There is none.</exception>
    internal RegisteredWorkflow Find(string name) => TryGet(name, out RegisteredWorkflow? definition) ? definition : throw new UnknownWorkflowException(name);

    /// <summary>The workflow of a run that has been started.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal RegisteredWorkflow Get(string name) => _byName.GetValueOrDefault(name)
        ?? throw new InvalidOperationException(
            $"This app has no workflow named '{name}'. It had one when the run was started: keep the class until all its runs have ended.");

    /// <summary>The workflow that another calls.</summary>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    internal RegisteredWorkflow Get(Type type) => _byClass.GetValueOrDefault(type)
        ?? throw new InvalidOperationException(
            $"Workflow class '{type}' is not registered: add it with AddWorkflow<{type.Name}>(), or its assembly with AddWorkflowsFrom.");

    internal static string HowToAdd(Type step) => $"add it with AddStep<{step.Name}>(), or its assembly with AddWorkflowsFrom";

    private bool CanBeStarted(RegisteredWorkflow definition) => _hasLab || !definition.IsLab;
}
