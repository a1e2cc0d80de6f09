namespace Preempt;

/// <summary>The rules of an app, by what they are named by where their gates are shown and their limits changed; see <see cref="RuleId"/>.</summary>
internal sealed class AppRules(WorkflowRegistry registry)
{
    /// <summary>All of them, each workflow's in their order, then those that workflows share.</summary>
    public IEnumerable<KnownRule> All => registry.All
        .SelectMany(workflow => Of(workflow).Where(rule => rule.Code.Name is null))
        .Concat(registry.RulesInCommon.Select(rule => new KnownRule(rule.Name!, null, null, rule, GateId.PrefixOf(rule.Name!))));

    /// <summary>The rule of that name; of a workflow's name, its first.</summary>
    /// <exception cref="UnknownRuleException">There is none.</exception>
    public KnownRule Find(string name) => All.FirstOrDefault(rule => rule.Id.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? (registry.TryGet(name, out RegisteredWorkflow? workflow) ? FirstOf(workflow) : null)
        ?? throw new UnknownRuleException(Excerpt.Shorten(name, LimitRequest.MaxNameLength), "GET limits lists the rules of the app.");

    /// <summary>A workflow's first rule: of its runs or, if they have none, of its steps. Null if it has none.</summary>
    public KnownRule? FirstOf(RegisteredWorkflow workflow) => Of(workflow).FirstOrDefault() switch
    {
        { Code.Name: { } name } => Find(name),
        var own => own,
    };

    /// <summary>Rules around steps are counted after those of the run.</summary>
    private static IEnumerable<KnownRule> Of(RegisteredWorkflow workflow)
    {
        IEnumerable<(string? Step, ConcurrencyRule Rule)> all =
            [.. workflow.Rules.Select(rule => ((string?)null, rule)), .. workflow.StepRules.Select(step => (step.Step, step.Rule))];
        return all.Select((use, index) => new KnownRule(RuleId.Of(workflow, index, use.Rule), workflow, use.Step, use.Rule, workflow.GatePrefix(index, use.Rule)));
    }
}

/// <summary>A rule of an app.</summary>
/// <param name="Id">What it is named by.</param>
/// <param name="Workflow">The workflow whose rule it is; null where workflows share it.</param>
/// <param name="Step">The class of the steps that it is around; null for runs.</param>
/// <param name="Code">The rule, as the app's code has it now.</param>
/// <param name="Prefix">How the entity keys of its gates begin.</param>
internal sealed record KnownRule(string Id, RegisteredWorkflow? Workflow, string? Step, ConcurrencyRule Code, string Prefix)
{
    /// <summary>The entity key of the gate of a key that a caller gives.</summary>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public string GateOf(string key) => GateId.Of(Prefix, Code, GateClient.CheckKey(key));
}
