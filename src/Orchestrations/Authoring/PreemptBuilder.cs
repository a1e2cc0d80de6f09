using System.Reflection;

namespace Preempt;

/// <summary>Adds the workflows and steps of an app.</summary>
public sealed class PreemptBuilder
{
    private readonly HashSet<Type> _workflows = [];
    private readonly HashSet<Type> _steps = [];
    private readonly SharedRules _rules = new();

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

    /// <summary>
    /// Adds a rule that workflows and steps share, see <see cref="WorkflowBuilder.UseRule(string, string?)"/> and <see cref="WorkflowBuilder.UseStepRule{TStep}(string, string?)"/>: there
    /// is one gate for each key, whatever workflow, version or step the run is of.
    /// </summary>
    /// <param name="name">1 to 40 characters of a-z, 0-9, <c>-_.</c>, beginning with a letter.</param>
    /// <param name="key">A template over <c>input</c> and <c>metadata</c>, such as <c>{input.tenantId}</c>, or a text such as <c>all</c>; a workflow that uses the rule can give another.</param>
    /// <param name="maxRuns">How many runs and steps of one key may run at one time, 1 to 1000.</param>
    /// <param name="strategy">What happens to one more. With CancelInProgress, a newer run of one workflow supersedes an older one of another.</param>
    /// <param name="handover">For CancelInProgress: when a new run gets the slot of the run that it supersedes.</param>
    /// <param name="maxQueued">For Queue and RoundRobin: how many of one key may wait, 1 to 10,000; by default 10,000, with RoundRobin 1,000.</param>
    /// <param name="maxTotal">For RoundRobin: how many of all keys may run at one time, 1 to 1000.</param>
    /// <param name="maxQueuedTotal">For RoundRobin: how many of all keys may wait, 1 to 10,000; by default 10,000.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    /// <exception cref="ArgumentException">The name is not allowed or is taken, or a limit is out of range or does not belong to this strategy.</exception>
    public PreemptBuilder AddRule(
        string name,
        string key,
        int maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null)
    {
        RuleSource source = new(KeySelector.FromTemplate(key));
        return Add(name, source, MakerOf(name).Concurrency(source, maxRuns, strategy, handover, new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal)));
    }

    /// <inheritdoc cref="AddRule(string, string, int, ConcurrencyStrategy, Handover, int?, int?, int?)" />
    /// <typeparam name="TInput">What the function needs of the inputs of all workflows that use the rule.</typeparam>
    /// <param name="maxRuns">
    /// Returns how many of the run's key may run at one time, 1 to 1000, from its input and metadata. It is fixed when the run is accepted; the newest run of a
    /// key says what holds for the key.
    /// </param>
    public PreemptBuilder AddRule<TInput>(
        string name,
        string key,
        Func<TInput, IReadOnlyDictionary<string, string>, int> maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null)
    {
        RuleSource source = new(KeySelector.FromTemplate(key), NumberSelector.MaxRunsFromCode(maxRuns));
        return Add(name, source, MakerOf(name).Concurrency(
            source, ConcurrencyRule.LargestMaxRuns, strategy, handover, new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal)));
    }

    /// <summary>
    /// Adds a throttle that workflows and steps share, as for the quota of an API that several of them call; see
    /// <see cref="WorkflowBuilder.Throttle(string, int, Duration, int?, WhenFull, int?)"/>.
    /// </summary>
    /// <param name="name">1 to 40 characters of a-z, 0-9, <c>-_.</c>, beginning with a letter.</param>
    /// <param name="key">A template over <c>input</c> and <c>metadata</c>, or a text such as <c>all</c>; a workflow that uses the rule can give another.</param>
    /// <param name="starts">How many runs and steps of one key may start in <paramref name="per"/>: 1 to 100,000.</param>
    /// <param name="per">As in "1 minute": 1 second to 31 days, and at least a millisecond for each start.</param>
    /// <param name="burst">
    /// How many may start at the same moment after a pause: 1 to 1000. By default 1 if the others wait; if they are rejected, <paramref name="starts"/>, or 1000 if
    /// that is more.
    /// </param>
    /// <param name="whenFull">What happens to one that cannot start now.</param>
    /// <param name="maxQueued">How many of one key may wait, 1 to 10,000; by default 10,000.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    /// <exception cref="ArgumentException">The name is not allowed or is taken, or a limit is out of range.</exception>
    public PreemptBuilder AddThrottle(
        string name, string key, int starts, Duration per, int? burst = null, WhenFull whenFull = WhenFull.Wait, int? maxQueued = null)
    {
        RuleSource source = new(KeySelector.FromTemplate(key));
        return Add(name, source, MakerOf(name).Throttle(source, starts, per, burst, whenFull, maxQueued));
    }

    private PreemptBuilder Add(string name, RuleSource source, ConcurrencyRule rule)
    {
        _rules.Add(name, new SharedRule(rule, source));
        return this;
    }

    private static RuleMaker MakerOf(string name) => new($"rule \"{name}\"");

    /// <exception cref="InvalidOperationException">Workflows or steps have mistakes; the message has all of them.</exception>
    internal WorkflowRegistry Build(PreemptOptions options)
    {
        List<string> mistakes = [];
        List<RegisteredWorkflow> definitions = [];
        foreach (Type workflow in _workflows)
        {
            try
            {
                definitions.Add(WorkflowBuilder.Build(workflow, options, _rules));
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
        mistakes.AddRange(_rules.FindMistakes(definitions));
        SetupMistakes.ThrowIfAny(mistakes);
        return new WorkflowRegistry(definitions, new StepRegistry(_steps), options) { Rules = _rules };
    }

    private static IEnumerable<string> SharedNames<T>(
        IEnumerable<T> items, Func<T, string> name, Func<T, Type> type, string kind, string remedy) => items
        .GroupBy(name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Count() > 1)
        .Select(group => $"{group.Count()} {kind} are named '{group.Key}', of the classes '{string.Join("' and '", group.Select(type))}': {remedy}");
}
