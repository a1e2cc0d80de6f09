using System.Collections.Immutable;

namespace Preempt;

/// <summary>A rule that several workflows and steps share, under a name.</summary>
/// <param name="Rule">The rule, with its name.</param>
/// <param name="Source">Where the parts come from that each run has of its own, unless a workflow that uses it says otherwise.</param>
internal sealed record SharedRule(ConcurrencyRule Rule, RuleSource Source);

/// <summary>The rules of an app that have names, in the order in which they were added.</summary>
internal sealed class SharedRules
{
    /// <summary>For code that has no app to add rules to.</summary>
    public static readonly SharedRules None = new();

    /// <summary>Of a workflow that is looked at for its name alone: any name will do.</summary>
    public static readonly SharedRules Any = new() { _isAny = true };

    private readonly List<SharedRule> _all = [];
    private bool _isAny;

    public IReadOnlyList<SharedRule> All => _all;

    /// <exception cref="ArgumentException">The name is not allowed, or taken.</exception>
    public void Add(string name, SharedRule rule)
    {
        if (WorkflowNames.Validate(name) is { } error)
            throw new ArgumentException($"rule \"{name}\": {error}", nameof(name));
        if (_all.Exists(known => known.Rule.Name == name))
            throw new ArgumentException($"rule \"{name}\": it is added twice; add it once, and let all workflows use it.", nameof(name));
        _all.Add(rule with { Rule = rule.Rule with { Name = name } });
    }

    /// <summary>The rule of a name; null if there is none.</summary>
    public SharedRule? TryFind(string name) => _isAny
        ? new SharedRule(
            new ConcurrencyRule { Name = name, Key = "", MaxRuns = 1, Strategy = ConcurrencyStrategy.RoundRobin },
            new RuleSource(new KeySelector("", static (_, _) => "")))
        : _all.Find(known => known.Rule.Name == name);

    /// <exception cref="ArgumentException">There is none.</exception>
    public SharedRule Find(string name) => TryFind(name) ?? throw new ArgumentException(
        _all.Count == 0
            ? $"rule \"{name}\": no rule has been added; add it with preempt.AddRule(\"{name}\", ...) where AddPreempt is called."
            : $"rule \"{name}\": not one of {Words.Or([.. _all.Select(known => known.Rule.Name!)])}; add it with preempt.AddRule(\"{name}\", ...).",
        nameof(name));

    /// <summary>
    /// What is wrong with the uses of shared rules by these workflows. Two runs that hold what the other waits for would wait for ever: so all enter shared rules at which
    /// runs wait in one order, that in which they were added.
    /// </summary>
    public IEnumerable<string> FindMistakes(IEnumerable<RegisteredWorkflow> workflows)
    {
        foreach (RegisteredWorkflow workflow in workflows)
        {
            foreach (string mistake in SameName(workflow).Concat(OutOfOrder(workflow)).Concat(WaitsForItself(workflow)))
                yield return $"workflow '{workflow.Name}' {mistake}";
        }

        foreach (string name in _all.Select(known => known.Rule.Name!).Where(name => workflows.Any(workflow => workflow.Name == name)))
            yield return $"a workflow and a rule are both named '{name}': give one of them another name";
    }

    private static IEnumerable<string> SameName(RegisteredWorkflow workflow) => UsesOf(workflow)
        .SelectMany(uses => uses.Rules.GroupBy(rule => rule.Name).Where(same => same.Count() > 1).Select(same => (uses.By, Name: same.Key)))
        .Select(twice => $"uses rule '{twice.Name}' twice {twice.By}: use it once");

    private IEnumerable<string> OutOfOrder(RegisteredWorkflow workflow)
    {
        string[] order = [.. _all.Select(known => known.Rule.Name!)];
        string[] own = [.. SharedOf(workflow.Rules).Where(HasWaiters).Select(rule => rule.Name!)];
        foreach ((string by, ImmutableArray<ConcurrencyRule> rules) in UsesOf(workflow))
        {
            string[] entered = by.Length == 0 ? own : [.. own, .. rules.Where(HasWaiters).Select(rule => rule.Name!)];
            for (int i = by.Length == 0 ? 1 : Math.Max(1, own.Length); i < entered.Length; i++)
            {
                (string before, string after) = (entered[i - 1], entered[i]);
                if (Array.IndexOf(order, after) < Array.IndexOf(order, before))
                {
                    yield return $"enters rule '{before}' before rule '{after}'{by}, but '{after}' was added first: "
                        + "all workflows must enter shared rules in the order in which they are added, so that no two runs wait for each other";
                }
            }
        }
    }

    /// <summary>A step that needs the one slot that its own run holds. Where the input decides, the gate finds it; see <see cref="SelfWait"/>.</summary>
    private static IEnumerable<string> WaitsForItself(RegisteredWorkflow workflow) =>
        from step in workflow.StepRules
        where step.Rule is { Name: not null, MaxRuns: 1, IsMaxRunsComputed: false, HasSlots: true }
        where workflow.Rules.Any(own => own.Name == step.Rule.Name && own.Key == step.Rule.Key && own.Key != KeySelector.OfCode)
        select $"uses rule '{step.Rule.Name}' for its runs and around step {step.Step}: with one slot for each key, the step would wait for its own run for ever; "
            + "use it for one of them, or let more runs of a key run";

    /// <summary>Whether runs wait there until others end. A rule that turns them away, or stops the others, makes nobody wait for ever.</summary>
    private static bool HasWaiters(ConcurrencyRule rule) => rule is { HasSlots: true, Strategy: ConcurrencyStrategy.Queue or ConcurrencyStrategy.RoundRobin };

    /// <summary>The shared rules that a workflow uses, in its order: for its runs, and around each class of steps.</summary>
    private static IEnumerable<(string By, ImmutableArray<ConcurrencyRule> Rules)> UsesOf(RegisteredWorkflow workflow) =>
    [
        ("", [.. SharedOf(workflow.Rules)]),
        .. workflow.StepRules.GroupBy(step => step.Step, step => step.Rule)
            .Select(rules => ($" around step {rules.Key}", SharedOf(rules).ToImmutableArray())),
    ];

    private static IEnumerable<ConcurrencyRule> SharedOf(IEnumerable<ConcurrencyRule> rules) => rules.Where(rule => rule.Name is not null);
}
