using System.Reflection;

namespace Preempt;

/// <summary>Adds the workflows and steps of an app.</summary>
public sealed class PreemptBuilder
{
    private readonly HashSet<Type> _workflows = [];
    private readonly HashSet<Type> _steps = [];

    internal PreemptBuilder()
    {
    }

    /// <summary>
    /// Adds the workflows and steps of an assembly: its classes that derive from <see cref="Workflow{TInput, TOutput}"/> and
    /// <see cref="Step{TInput, TOutput}"/>, public or not, except those that are abstract or have open type parameters.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    /// <returns>This builder.</returns>
    public PreemptBuilder AddWorkflowsFrom(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return AddTypes(assembly.GetTypes());
    }

    internal PreemptBuilder AddTypes(IEnumerable<Type> types)
    {
        foreach (Type type in types.Where(type => type is { IsAbstract: false, ContainsGenericParameters: false }))
        {
            if (type.IsSubclassOf(typeof(Workflow)))
                _workflows.Add(type);
            else if (type.IsSubclassOf(typeof(Step)))
                _steps.Add(type);
        }

        return this;
    }

    /// <summary>Adds a workflow.</summary>
    /// <typeparam name="TWorkflow">Its class; each run creates an object of it.</typeparam>
    /// <returns>This builder.</returns>
    public PreemptBuilder AddWorkflow<TWorkflow>()
        where TWorkflow : Workflow, new()
    {
        _workflows.Add(typeof(TWorkflow));
        return this;
    }

    /// <summary>Adds a step.</summary>
    /// <typeparam name="TStep">Its class; each attempt creates an object of it, with the app's services as constructor arguments.</typeparam>
    /// <returns>This builder.</returns>
    public PreemptBuilder AddStep<TStep>()
        where TStep : Step
    {
        _steps.Add(typeof(TStep));
        return this;
    }

    /// <exception cref="InvalidOperationException">Workflows or steps have mistakes; the message has all of them.</exception>
    internal WorkflowRegistry Build(PreemptOptions options)
    {
        List<string> mistakes = [];
        List<RegisteredWorkflow> definitions = [];
        foreach (Type workflow in _workflows)
        {
            try
            {
                definitions.Add(WorkflowBuilder.Build(workflow, options));
            }
#pragma warning disable CA1031 // Whatever a workflow's Configure throws is a mistake to tell together with the others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                mistakes.Add($"workflow class '{workflow}': {((exception as TargetInvocationException)?.InnerException ?? exception).Message}");
            }
        }

        mistakes.AddRange(SharedNames(
            definitions, definition => definition.Name, definition => definition.Class!, "workflows", "give one of them another name, with workflow.Name"));
        mistakes.AddRange(SharedNames(_steps, StepRegistry.NameOf, step => step, "steps", "rename one of the classes"));
        mistakes.AddRange(
            from definition in definitions
            from step in definition.StepClasses.Distinct()
            where !_steps.Contains(step)
            select $"workflow '{definition.Name}' has a rule around step class '{step}', which is not registered: {WorkflowRegistry.HowToAdd(step)}");
        SetupMistakes.ThrowIfAny(mistakes);
        return new WorkflowRegistry(definitions, new StepRegistry(_steps), options);
    }

    private static IEnumerable<string> SharedNames<T>(
        IEnumerable<T> items, Func<T, string> name, Func<T, Type> type, string kind, string remedy) => items
        .GroupBy(name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Count() > 1)
        .Select(group => $"{group.Count()} {kind} are named '{group.Key}', of the classes '{string.Join("' and '", group.Select(type))}': {remedy}");
}
