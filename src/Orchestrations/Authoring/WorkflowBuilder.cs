using System.Text.Json;

namespace Preempt;

/// <summary>Defines a workflow. A mistake is refused at once, with the workflow and the setting named.</summary>
public sealed class WorkflowBuilder
{
    private readonly List<ConcurrencyRule> _rules = [];
    private readonly List<RuleSource> _sources = [];
    private readonly List<(Type Step, ConcurrencyRule Rule, RuleSource Source)> _stepRules = [];
    private readonly List<EndCondition> _startsOn = [];
    private string _name;
    private string _version = "1";
    private Duration? _timeout;
    private Func<JsonElement?, Duration?> _timeoutOf = static _ => null;
    private Func<JsonElement?, EndCondition?> _endWhen = static _ => null;
    private Duration? _scheduleTimeout;
    private Duration? _grace;
    private bool _isLab;
    private JsonElement? _example;

    private readonly SharedRules _shared;

    private WorkflowBuilder(string typeName, SharedRules shared) => (_name, _shared) = (WorkflowNames.FromType(typeName), shared);

    private RuleMaker Maker => new($"workflow \"{_name}\"");

    /// <summary>Defines the workflow of a class.</summary>
    /// <exception cref="InvalidOperationException">The class has no public constructor without parameters.</exception>
    internal static RegisteredWorkflow Build(Type workflow, PreemptOptions options, SharedRules shared)
    {
        if (workflow.GetConstructor(Type.EmptyTypes) is null)
        {
            throw new InvalidOperationException(
                "it has no public constructor without parameters, which each run needs to create it; services are for its steps, which can take them in their constructors");
        }

        Workflow Create() => (Workflow)Activator.CreateInstance(workflow)!;
        return Build(workflow.Name, Create().Configure, Create, options, shared) with { Class = workflow };
    }

    /// <summary>Defines a workflow that has no class of its own.</summary>
    internal static RegisteredWorkflow Build(
        string typeName, Action<WorkflowBuilder> configure, Func<Workflow> create, PreemptOptions options, SharedRules shared)
    {
        WorkflowBuilder builder = new(typeName, shared);
        configure(builder);
        return builder.Build(create, options);
    }

    /// <summary>Names the workflow; by default its class's name, as in <c>chat-reply</c> for <c>ChatReply</c>.</summary>
    /// <param name="name">1 to 40 characters of a-z, 0-9, <c>-_.</c>, beginning with a letter.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public WorkflowBuilder Name(string name)
    {
        if (WorkflowNames.Validate(name) is { } error)
            throw new ArgumentException(error, nameof(name));
        _name = name;
        return this;
    }

    /// <summary>Sets the workflow's version, "1" by default. Each version has gates of its own.</summary>
    /// <param name="version">1 to 16 characters of a-z, 0-9, <c>-_.</c></param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The version is not allowed.</exception>
    public WorkflowBuilder Version(string version)
    {
        const int MaxLength = 16;
        if (version.Length is 0 or > MaxLength || !version.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'))
            throw new ArgumentException($"version \"{version}\": 1 to {MaxLength} characters of a-z, 0-9, '-', '_', '.' are allowed.", nameof(version));
        _version = version;
        return this;
    }

    /// <summary>Limits the runs that have the same key. A run enters several rules in the order in which they are given.</summary>
    /// <param name="key">A template over <c>input</c> and <c>metadata</c>, such as <c>{input.userId}:{metadata.region}</c>.</param>
    /// <param name="maxRuns">How many runs of one key may run at one time, 1 to 1000.</param>
    /// <param name="strategy">What happens to one more.</param>
    /// <param name="handover">For CancelInProgress: when a new run gets the slot of the run that it supersedes.</param>
    /// <param name="maxQueued">For Queue and RoundRobin: how many runs of one key may wait, 1 to 10,000; by default 10,000, with RoundRobin 1,000.</param>
    /// <param name="maxTotal">For RoundRobin: how many runs of all keys may run at one time, 1 to 1000.</param>
    /// <param name="maxQueuedTotal">For RoundRobin: how many runs of all keys may wait, 1 to 10,000; by default 10,000.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    /// <exception cref="ArgumentException">A limit is out of range, or does not belong to this strategy.</exception>
    public WorkflowBuilder Concurrency(
        string key,
        int maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null) =>
        AddRule(new RuleSource(KeySelector.FromTemplate(key)), maxRuns, strategy, handover, new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal));

    /// <summary>Limits the runs for which the function returns the same key.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="key">Returns the key of a run, 512 characters at most, from its input and metadata.</param>
    /// <param name="maxRuns">How many runs of one key may run at one time, 1 to 1000.</param>
    /// <param name="strategy">What happens to one more.</param>
    /// <param name="handover">For CancelInProgress: when a new run gets the slot of the run that it supersedes.</param>
    /// <param name="maxQueued">For Queue and RoundRobin: how many runs of one key may wait, 1 to 10,000; by default 10,000, with RoundRobin 1,000.</param>
    /// <param name="maxTotal">For RoundRobin: how many runs of all keys may run at one time, 1 to 1000.</param>
    /// <param name="maxQueuedTotal">For RoundRobin: how many runs of all keys may wait, 1 to 10,000; by default 10,000.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">A limit is out of range, or does not belong to this strategy.</exception>
    public WorkflowBuilder Concurrency<TInput>(
        Func<TInput, IReadOnlyDictionary<string, string>, string> key,
        int maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null) =>
        AddRule(new RuleSource(KeySelector.FromCode(key)), maxRuns, strategy, handover, new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal));

    /// <summary>Limits the runs that have the same key, as many as the function returns: so a plan can have more slots than another.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="key">A template over <c>input</c> and <c>metadata</c>, such as <c>{input.tenantId}</c>.</param>
    /// <param name="maxRuns">
    /// Returns how many runs of the run's key may run at one time, 1 to 1000, from its input and metadata. It is fixed when the run is accepted, and the
    /// newest run of a key says what holds for the key. If that is fewer than before, CancelInProgress stops the oldest runs; the other strategies
    /// stop none, and start the next when enough have ended. A start is refused if the value is out of range.
    /// </param>
    /// <param name="strategy">What happens to one more.</param>
    /// <param name="handover">For CancelInProgress: when a new run gets the slot of the run that it supersedes.</param>
    /// <param name="maxQueued">For Queue and RoundRobin: how many runs of one key may wait, 1 to 10,000; by default 10,000, with RoundRobin 1,000.</param>
    /// <param name="maxTotal">For RoundRobin: how many runs of all keys may run at one time, 1 to 1000.</param>
    /// <param name="maxQueuedTotal">For RoundRobin: how many runs of all keys may wait, 1 to 10,000; by default 10,000.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    /// <exception cref="ArgumentException">A limit is out of range, or does not belong to this strategy.</exception>
    public WorkflowBuilder Concurrency<TInput>(
        string key,
        Func<TInput, IReadOnlyDictionary<string, string>, int> maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null) => AddRule(
            new RuleSource(KeySelector.FromTemplate(key), NumberSelector.MaxRunsFromCode(maxRuns)),
            ConcurrencyRule.LargestMaxRuns,
            strategy,
            handover,
            new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal));

    /// <inheritdoc cref="Concurrency{TInput}(string, Func{TInput, IReadOnlyDictionary{string, string}, int}, ConcurrencyStrategy, Handover, int?, int?, int?)" />
    /// <param name="key">Returns the key of a run, 512 characters at most, from its input and metadata.</param>
    public WorkflowBuilder Concurrency<TInput>(
        Func<TInput, IReadOnlyDictionary<string, string>, string> key,
        Func<TInput, IReadOnlyDictionary<string, string>, int> maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null) => AddRule(
            new RuleSource(KeySelector.FromCode(key), NumberSelector.MaxRunsFromCode(maxRuns)),
            ConcurrencyRule.LargestMaxRuns,
            strategy,
            handover,
            new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal));

    /// <summary>
    /// Limits the steps of one class that run at one time for the same key, over all runs of the workflow. A step waits for its own
    /// gates after its run was admitted. If a newer step supersedes it, only the step is stopped: its call throws
    /// <see cref="StepStoppedException"/>, and the run goes on.
    /// </summary>
    /// <typeparam name="TStep">The step's class. A step enters several rules of one class in the order in which they are given.</typeparam>
    /// <param name="key">A template over the run's <c>input</c> and <c>metadata</c>, such as <c>{input.userId}</c>.</param>
    /// <param name="maxRuns">How many steps of one key may run at one time, 1 to 1000.</param>
    /// <param name="strategy">What happens to one more.</param>
    /// <param name="handover">For CancelInProgress: when a new step gets the slot of the step that it supersedes.</param>
    /// <param name="maxQueued">For Queue and RoundRobin: how many steps of one key may wait, 1 to 10,000; by default 10,000, with RoundRobin 1,000.</param>
    /// <param name="maxTotal">For RoundRobin: how many steps of all keys may run at one time, 1 to 1000.</param>
    /// <param name="maxQueuedTotal">For RoundRobin: how many steps of all keys may wait, 1 to 10,000; by default 10,000.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    /// <exception cref="ArgumentException">A limit is out of range, or does not belong to this strategy.</exception>
    public WorkflowBuilder StepConcurrency<TStep>(
        string key,
        int maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null)
        where TStep : Step =>
        AddStepRule(typeof(TStep), new RuleSource(KeySelector.FromTemplate(key)), maxRuns, strategy, handover, new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal));

    /// <inheritdoc cref="StepConcurrency{TStep}(string, int, ConcurrencyStrategy, Handover, int?, int?, int?)" />
    /// <typeparam name="TStep">The step's class. A step enters several rules of one class in the order in which they are given.</typeparam>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="key">Computes the key from the run's input and metadata; it must be deterministic.</param>
    public WorkflowBuilder StepConcurrency<TStep, TInput>(
        Func<TInput, IReadOnlyDictionary<string, string>, string> key,
        int maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null)
        where TStep : Step =>
        AddStepRule(typeof(TStep), new RuleSource(KeySelector.FromCode(key)), maxRuns, strategy, handover, new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal));

    /// <inheritdoc cref="StepConcurrency{TStep}(string, int, ConcurrencyStrategy, Handover, int?, int?, int?)" />
    /// <typeparam name="TStep">The step's class. A step enters several rules of one class in the order in which they are given.</typeparam>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="maxRuns">
    /// Returns how many steps of the run's key may run at one time, 1 to 1000, from the run's input and metadata. It is fixed when the run is accepted; the
    /// newest run of a key says what holds for the key.
    /// </param>
    public WorkflowBuilder StepConcurrency<TStep, TInput>(
        string key,
        Func<TInput, IReadOnlyDictionary<string, string>, int> maxRuns,
        ConcurrencyStrategy strategy,
        Handover handover = Handover.AfterStop,
        int? maxQueued = null,
        int? maxTotal = null,
        int? maxQueuedTotal = null)
        where TStep : Step => AddStepRule(
            typeof(TStep),
            new RuleSource(KeySelector.FromTemplate(key), NumberSelector.MaxRunsFromCode(maxRuns)),
            ConcurrencyRule.LargestMaxRuns,
            strategy,
            handover,
            new StrategyLimits(maxQueued, maxTotal, maxQueuedTotal));

    /// <summary>
    /// Limits how often runs that have the same key start: in any time of length t, no more than <c>burst + t * starts / per</c>. One more waits and
    /// starts when its time has come, in the order of priority and age, or is rejected. A run enters this and other rules in the order in which they are
    /// given, and one that has started leaves nothing here.
    /// </summary>
    /// <param name="key">A template over <c>input</c> and <c>metadata</c>, such as <c>{input.tenantId}</c>.</param>
    /// <param name="starts">How many runs of one key may start in <paramref name="per"/>: 1 to 100,000.</param>
    /// <param name="per">As in "1 minute": 1 second to 31 days, and at least a millisecond for each start.</param>
    /// <param name="burst">
    /// How many may start at the same moment after a pause: 1 to 1000. By default 1 if the others wait, so that the starts are evenly spread; if they are
    /// rejected, <paramref name="starts"/>, or 1000 if that is more.
    /// </param>
    /// <param name="whenFull">What happens to a run that cannot start now.</param>
    /// <param name="maxQueued">How many runs of one key may wait, 1 to 10,000; by default 10,000.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public WorkflowBuilder Throttle(
        string key, int starts, Duration per, int? burst = null, WhenFull whenFull = WhenFull.Wait, int? maxQueued = null) =>
        AddThrottle(new RuleSource(KeySelector.FromTemplate(key)), starts, per, burst, whenFull, maxQueued);

    /// <inheritdoc cref="Throttle(string, int, Duration, int?, WhenFull, int?)" />
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="key">Returns the key of a run, 512 characters at most, from its input and metadata.</param>
    public WorkflowBuilder Throttle<TInput>(
        Func<TInput, IReadOnlyDictionary<string, string>, string> key,
        int starts,
        Duration per,
        int? burst = null,
        WhenFull whenFull = WhenFull.Wait,
        int? maxQueued = null) =>
        AddThrottle(new RuleSource(KeySelector.FromCode(key)), starts, per, burst, whenFull, maxQueued);

    /// <summary>
    /// Limits how often steps of one class start for the same key, over all runs of the workflow, as <see cref="Throttle(string, int, Duration, int?, WhenFull, int?)"/>
    /// limits runs: so an API's quota is kept. The call of a step that is rejected throws <see cref="StepStoppedException"/>.
    /// </summary>
    /// <typeparam name="TStep">The step's class. A step enters several rules of one class in the order in which they are given.</typeparam>
    /// <param name="key">A template over the run's <c>input</c> and <c>metadata</c>, such as <c>{input.tenantId}</c>.</param>
    /// <param name="starts">How many steps of one key may start in <paramref name="per"/>: 1 to 100,000.</param>
    /// <param name="per">As in "1 minute": 1 second to 31 days, and at least a millisecond for each start.</param>
    /// <param name="burst">
    /// How many may start at the same moment after a pause: 1 to 1000. By default 1 if the others wait, so that the starts are evenly spread; if they are
    /// rejected, <paramref name="starts"/>, or 1000 if that is more.
    /// </param>
    /// <param name="whenFull">What happens to a step that cannot start now.</param>
    /// <param name="maxQueued">How many steps of one key may wait, 1 to 10,000; by default 10,000.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public WorkflowBuilder StepThrottle<TStep>(
        string key, int starts, Duration per, int? burst = null, WhenFull whenFull = WhenFull.Wait, int? maxQueued = null)
        where TStep : Step
    {
        RuleSource source = new(KeySelector.FromTemplate(key));
        return AddAround(typeof(TStep), source, Maker.Throttle(source, starts, per, burst, whenFull, maxQueued));
    }

    /// <summary>
    /// Of the runs with the same key that come shortly one after the other, starts only the newest, when no newer one has come for some time. Those before it
    /// are superseded without having started; a run that has started is left alone.
    /// </summary>
    /// <param name="key">A template over <c>input</c> and <c>metadata</c>, such as <c>{input.documentId}</c>.</param>
    /// <param name="quiet">How long no further run of the key must have come: 10 milliseconds to 1 day.</param>
    /// <param name="atMost">How long after the first of them the newest starts in any case: as long as <paramref name="quiet"/> at least, 31 days at most.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    /// <exception cref="ArgumentException">A time is out of range.</exception>
    public WorkflowBuilder Debounce(string key, Duration quiet, Duration atMost) => AddDebounce(new RuleSource(KeySelector.FromTemplate(key)), quiet, atMost);

    /// <inheritdoc cref="Debounce(string, Duration, Duration)" />
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="key">Returns the key of a run, 512 characters at most, from its input and metadata.</param>
    public WorkflowBuilder Debounce<TInput>(Func<TInput, IReadOnlyDictionary<string, string>, string> key, Duration quiet, Duration atMost) =>
        AddDebounce(new RuleSource(KeySelector.FromCode(key)), quiet, atMost);

    private WorkflowBuilder AddDebounce(RuleSource source, Duration quiet, Duration atMost) => Add(source, Maker.Debounce(source, quiet, atMost));

    /// <summary>
    /// Has the runs enter a rule that the app's workflows share, added with <see cref="PreemptBuilder.AddRule(string, string, int, ConcurrencyStrategy, Handover, int?, int?, int?)"/>: its
    /// slots are counted over all workflows, of whatever version, that use it. A run enters it and the workflow's own rules in the order in which they are given.
    /// </summary>
    /// <param name="name">The rule's name.</param>
    /// <param name="key">A template over this workflow's <c>input</c> and <c>metadata</c>; null for the rule's own.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    public WorkflowBuilder UseRule(string name, string? key = null)
    {
        SharedRule shared = Shared(name, key is null ? null : KeySelector.FromTemplate(key));
        return Add(shared.Source, shared.Rule);
    }

    /// <inheritdoc cref="UseRule(string, string?)" />
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="key">Returns the key of a run, 512 characters at most, from its input and metadata.</param>
    public WorkflowBuilder UseRule<TInput>(string name, Func<TInput, IReadOnlyDictionary<string, string>, string> key)
    {
        SharedRule shared = Shared(name, KeySelector.FromCode(key));
        return Add(shared.Source, shared.Rule);
    }

    /// <summary>
    /// Has the steps of one class enter a rule that the app's workflows share: its slots are counted over all runs and steps that use it. A step waits there after its run
    /// was admitted. One that would wait for its own run is refused: its call throws <see cref="StepStoppedException"/>.
    /// </summary>
    /// <typeparam name="TStep">The step's class. A step enters several rules of one class in the order in which they are given.</typeparam>
    /// <param name="name">The rule's name.</param>
    /// <param name="key">A template over the run's <c>input</c> and <c>metadata</c>; null for the rule's own.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    /// <exception cref="FormatException">The template cannot be read.</exception>
    public WorkflowBuilder UseStepRule<TStep>(string name, string? key = null)
        where TStep : Step
    {
        SharedRule shared = Shared(name, key is null ? null : KeySelector.FromTemplate(key));
        return AddAround(typeof(TStep), shared.Source, shared.Rule);
    }

    private SharedRule Shared(string name, KeySelector? key)
    {
        SharedRule shared = _shared.Find(name);
        return key is null ? shared : new SharedRule(shared.Rule with { Key = key.Description }, shared.Source with { Key = key });
    }

    /// <summary>
    /// Gives keys more turns than others. Goes with the rule before it, which must be a <see cref="ConcurrencyStrategy.RoundRobin"/>: a key that waits has its weight in turns
    /// of any that the weights of all keys that wait add up to.
    /// </summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="weight">
    /// Returns the weight of the run's key, 1 to 100, from its input and metadata. It is fixed when the run is accepted, and the newest run of a key says what
    /// holds for the key. A start is refused if the value is out of range.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">There is no rule before it, or its strategy is another.</exception>
    public WorkflowBuilder Weight<TInput>(Func<TInput, IReadOnlyDictionary<string, string>, int> weight)
    {
        if (_rules is not [.., { Strategy: ConcurrencyStrategy.RoundRobin } rule])
            throw new ArgumentException($"workflow \"{_name}\": Weight goes with a rule of the strategy {ConcurrencyStrategy.RoundRobin}, and follows it.", nameof(weight));
        _rules[^1] = rule with { IsWeightComputed = true };
        _sources[^1] = _sources[^1] with { Weight = NumberSelector.WeightFromCode(weight) };
        return this;
    }

    private WorkflowBuilder AddThrottle(RuleSource source, int starts, Duration per, int? burst, WhenFull whenFull, int? maxQueued) =>
        Add(source, Maker.Throttle(source, starts, per, burst, whenFull, maxQueued));

    private WorkflowBuilder AddRule(RuleSource source, int maxRuns, ConcurrencyStrategy strategy, Handover handover, StrategyLimits limits) =>
        Add(source, Maker.Concurrency(source, maxRuns, strategy, handover, limits));

    private WorkflowBuilder AddStepRule(
        Type step, RuleSource source, int maxRuns, ConcurrencyStrategy strategy, Handover handover, StrategyLimits limits) =>
        AddAround(step, source, Maker.Concurrency(source, maxRuns, strategy, handover, limits));

    private WorkflowBuilder Add(RuleSource source, ConcurrencyRule rule)
    {
        _rules.Add(rule);
        _sources.Add(source);
        return this;
    }

    private WorkflowBuilder AddAround(Type step, RuleSource source, ConcurrencyRule rule)
    {
        _stepRules.Add((step, rule, source));
        return this;
    }

    /// <summary>Limits how long the workflow's code may run; a run that takes longer is stopped, with the reason Timeout.</summary>
    /// <param name="timeout">As in "10 minutes" or "1h30m"; "never" for no limit.</param>
    /// <returns>This builder.</returns>
    public WorkflowBuilder Timeout(Duration timeout)
    {
        _timeout = timeout;
        return this;
    }

    /// <summary>Computes the execution timeout of a run from its input.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="timeout">Returns the timeout; null for the workflow's own, which is also the longest.</param>
    /// <returns>This builder.</returns>
    public WorkflowBuilder Timeout<TInput>(Func<TInput, Duration?> timeout)
    {
        _timeoutOf = input => timeout(Payload.Read<TInput>(input));
        return this;
    }

    /// <summary>Sets an example of the input. The dashboard fills its start form with it.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="input">The input.</param>
    /// <returns>This builder.</returns>
    public WorkflowBuilder Example<TInput>(TInput input)
    {
        _example = Payload.ToJson(input);
        return this;
    }

    /// <summary>
    /// Sets how long a run may take to stop. When its grace is over it is ended by force, even if steps still run.
    /// </summary>
    /// <param name="grace">As in "30s"; 24 hours at most.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The grace is longer than 24 hours.</exception>
    public WorkflowBuilder Grace(Duration grace)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(grace, StopRequest.LongestGrace);
        _grace = grace;
        return this;
    }

    /// <summary>Marks the workflow as a lab workflow, for trying things out. <c>Preempt:Lab=false</c> switches these off.</summary>
    /// <returns>This builder.</returns>
    public WorkflowBuilder Lab()
    {
        _isLab = true;
        return this;
    }

    /// <summary>Starts a run whenever an event is published. The payload is the run's input.</summary>
    /// <param name="eventName">The event's name, case-insensitive.</param>
    /// <param name="where">A condition on the payload, such as <c>"kind = 'csv'"</c>; by default there is none.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name or the match cannot be read.</exception>
    public WorkflowBuilder StartOn(string eventName, string? where = null)
    {
        _startsOn.Add(Checked(EndCondition.OnEvent(eventName, where)));
        return this;
    }

    /// <summary>
    /// Ends runs at times of the day, on days of the week, at an instant or on an event. A run that is due to start while the condition is met is
    /// not started.
    /// </summary>
    /// <param name="condition">As in "time of day between 08:00 and 18:00 Europe/Paris", or "event order-paid where id = 7".</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">It names an event that cannot be published.</exception>
    public WorkflowBuilder EndWhen(EndCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        Checked(condition);
        _endWhen = _ => condition;
        return this;
    }

    /// <summary>Computes the end condition of a run from its input.</summary>
    /// <typeparam name="TInput">The workflow's input.</typeparam>
    /// <param name="condition">Returns the condition; null for none.</param>
    /// <returns>This builder.</returns>
    public WorkflowBuilder EndWhen<TInput>(Func<TInput, EndCondition?> condition)
    {
        _endWhen = input => condition(Payload.Read<TInput>(input));
        return this;
    }

    /// <summary>Limits how long a run may wait for its gates, or for an app that drains. A run that waits longer ends as TimedOut and never starts.</summary>
    /// <param name="timeout">As in "10 minutes"; "never" for no limit.</param>
    /// <returns>This builder.</returns>
    public WorkflowBuilder ScheduleTimeout(Duration timeout)
    {
        _scheduleTimeout = timeout;
        return this;
    }

    private RegisteredWorkflow Build(Func<Workflow> create, PreemptOptions options) =>
        new(create, [.. _sources, .. _stepRules.Select(rule => rule.Source)], _timeoutOf, _endWhen)
        {
            Name = WorkflowNames.Validate(_name) is { } error ? throw new ArgumentException(error) : _name,
            Version = _version,
            IsLab = _isLab,
            Example = _example,
            Timeout = _timeout ?? options.Timeout,
            ScheduleTimeout = _scheduleTimeout ?? options.ScheduleTimeout,
            Grace = _grace ?? options.Grace,
            PublishesLifecycle = options.Events,
            Rules = [.. _rules],
            StartsOn = [.. _startsOn],
            StepRules = [.. _stepRules.Select(rule => new StepRule(rule.Step.Name, rule.Rule))],
            StepClasses = [.. _stepRules.Select(rule => rule.Step)],
        };

    private static EndCondition Checked(EndCondition condition) =>
        condition.Events.Select(EventName.Validate).FirstOrDefault(error => error is not null) is { } mistake
            ? throw new ArgumentException(mistake, nameof(condition))
            : condition;
}
