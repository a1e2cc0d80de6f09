using System.Text.Json;

namespace Preempt.Tests.Authoring;

/// <summary>Rules that workflows share: how they are added and used, and which mistakes are told when the app starts.</summary>
public sealed class SharedRuleTests
{
    public abstract class Uses : Workflow<string, string>
    {
        public override Task<string> RunAsync(RunContext run, string input) => Task.FromResult(input);
    }

    public sealed class Work : Step<string, string>
    {
        public override Task<string> RunAsync(StepContext step, string input) => Task.FromResult(input);
    }

    public sealed class GpuThenDb : Uses
    {
        public override void Configure(WorkflowBuilder workflow) => workflow
            .Version("7").UseRule("gpu").Concurrency("{input}", 1, ConcurrencyStrategy.Queue).UseRule("db", "{metadata.db}").UseStepRule<Work>("api");
    }

    public sealed class DbOfGpu : Uses
    {
        public override void Configure(WorkflowBuilder workflow) => workflow
            .UseRule<string>("gpu", (input, _) => $"code {input}").UseStepRule<Work>("db", "{input}");
    }

    public sealed class DbThenGpu : Uses
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("db").UseRule("gpu");
    }

    public sealed class DbThenStepOfGpu : Uses
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("db").UseStepRule<Work>("gpu");
    }

    public sealed class Twice : Uses
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("gpu").UseRule("gpu", "{input}");
    }

    public sealed class ForItsOwnStep : Uses
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("one").UseStepRule<Work>("one");
    }

    public sealed class Stranger : Uses
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("gpus");
    }

    public sealed class Gpu : Uses;

    public sealed class BackAndForth : Uses
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.UseRule("newest").UseRule("db").UseRule("api").UseRule("often");
    }

    private static WorkflowRegistry Register(Action<PreemptBuilder> add)
    {
        PreemptBuilder builder = new PreemptBuilder()
            .AddStep<Work>()
            .AddRule("gpu", "all", maxRuns: 4, ConcurrencyStrategy.Queue)
            .AddRule("db", "{input}", maxRuns: 2, ConcurrencyStrategy.RoundRobin, maxTotal: 8)
            .AddRule("api", "all", maxRuns: 3, ConcurrencyStrategy.Queue)
            .AddRule("one", "{input}", maxRuns: 1, ConcurrencyStrategy.Queue)
            .AddThrottle("often", "all", starts: 10, per: "1 minute")
            .AddRule("newest", "{input}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress);
        add(builder);
        return builder.Build(new PreemptOptions());
    }

    private static string MistakeOf(Action<PreemptBuilder> add) => Assert.Throws<InvalidOperationException>(() => Register(add)).Message;

    [Fact]
    public void Workflows_of_any_version_have_the_gates_of_a_shared_rule_in_common()
    {
        WorkflowRegistry registry = Register(preempt => preempt.AddWorkflow<GpuThenDb>().AddWorkflow<DbOfGpu>().AddWorkflow<BackAndForth>());
        JsonElement input = JsonSerializer.SerializeToElement("x");
        Dictionary<string, string> metadata = new() { ["db"] = "x" };
        RegisteredWorkflow one = registry.Find("gpu-then-db");
        RegisteredWorkflow other = registry.Find("db-of-gpu");

        Assert.Equal(
            [("~gpu:" + RunId.HashKey("all"), "gpu"), ("gpu-then-db:7:1:" + RunId.HashKey("x"), null), ("~db:-", "db")],
            one.GatesFor(input, metadata, null).Select(gate => (gate.Gate, gate.Rule.Name)));
        Assert.Equal(("~gpu:" + RunId.HashKey("code x"), "code x"), other.GatesFor(input, metadata, null).Select(gate => (gate.Gate, gate.Key)).Single());
        Assert.Equal(("~db:-", "x"), other.StepGatesFor(input, metadata)["Work"].Select(gate => (gate.Gate, gate.Key)).Single());
        Assert.Equal("~often:" + RunId.HashKey("all") + "~", registry.Find("back-and-forth").GatesFor(input, metadata, null)[^1].Gate);
        Assert.Equal(["gpu", null, "db"], one.Definition.Rules.Select(rule => rule.Name));
        Assert.Equal("{metadata.db}", one.Definition.Rules[2].Key);
        Assert.Equal("api", Assert.Single(one.Definition.StepRules).Rule.Name);
    }

    [Fact]
    public void Rules_at_which_runs_wait_are_entered_in_one_order()
    {
        string order = "all workflows must enter shared rules in the order in which they are added, so that no two runs wait for each other";
        Assert.Contains($"workflow 'db-then-gpu' enters rule 'db' before rule 'gpu', but 'gpu' was added first: {order}", MistakeOf(preempt => preempt.AddWorkflow<DbThenGpu>()), StringComparison.Ordinal);
        Assert.Contains(
            $"workflow 'db-then-step-of-gpu' enters rule 'db' before rule 'gpu' around step Work, but 'gpu' was added first: {order}",
            MistakeOf(preempt => preempt.AddWorkflow<DbThenStepOfGpu>()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_work_is_told_when_the_app_starts()
    {
        Assert.Contains("workflow 'twice' uses rule 'gpu' twice", MistakeOf(preempt => preempt.AddWorkflow<Twice>()), StringComparison.Ordinal);
        Assert.Contains(
            "workflow 'for-its-own-step' uses rule 'one' for its runs and around step Work: with one slot for each key, the step would wait for its own run for ever",
            MistakeOf(preempt => preempt.AddWorkflow<ForItsOwnStep>()),
            StringComparison.Ordinal);
        Assert.Contains("rule \"gpus\": not one of gpu, db, api, one, often or newest", MistakeOf(preempt => preempt.AddWorkflow<Stranger>()), StringComparison.Ordinal);
        Assert.Contains("a workflow and a rule are both named 'gpu'", MistakeOf(preempt => preempt.AddWorkflow<Gpu>()), StringComparison.Ordinal);
        Assert.Contains(
            "rule \"gpu\": no rule has been added",
            Assert.Throws<InvalidOperationException>(() => new PreemptBuilder().AddStep<Work>().AddWorkflow<GpuThenDb>().Build(new PreemptOptions())).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "0 characters")]
    [InlineData("Gpu", "Gpu")]
    [InlineData("g:u", "g:u")]
    public void A_name_that_is_not_allowed_is_refused(string name, string told) => Assert.Contains(
        told,
        Assert.Throws<ArgumentException>(() => new PreemptBuilder().AddRule(name, "all", 1, ConcurrencyStrategy.Queue)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_rule_that_is_added_twice_or_out_of_range_is_refused()
    {
        PreemptBuilder preempt = new PreemptBuilder().AddRule("gpu", "all", 1, ConcurrencyStrategy.Queue);
        Assert.Contains("added twice", Assert.Throws<ArgumentException>(() => preempt.AddThrottle("gpu", "all", 1, "1 minute")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "rule \"many\": maxRuns 1001: 1 to 1000 is allowed.",
            Assert.Throws<ArgumentOutOfRangeException>(() => preempt.AddRule("many", "all", 1001, ConcurrencyStrategy.Queue)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>A program that shares a workflow's class, and adds no rules, knows its name.</summary>
    [Fact]
    public void The_contract_of_a_workflow_needs_no_rules() => Assert.Equal("gpu-then-db", new GpuThenDb().ToContract().Name);

    [Theory]
    [InlineData(null, null, null, "-3 638000000000000000 run-1@x")]
    [InlineData("a key", null, "line", "-3~line 638000000000000000 run-1@x a key")]
    [InlineData(null, 7L, "line", "-3@7~line 638000000000000000 run-1@x")]
    [InlineData(null, 7L, null, "-3@7 638000000000000000 run-1@x")]
    public void One_that_waits_is_written_with_its_workflow(string? key, long? asksAt, string? workflow, string text)
    {
        DateTimeOffset? time = asksAt is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        WaiterState waiter = new(new RunAge("run-1@x", new DateTimeOffset(638000000000000000, TimeSpan.Zero)), -3, key, time, workflow);
        Assert.Equal($"\"{text}\"", JsonSerializer.Serialize(waiter));
        Assert.Equal(waiter, JsonSerializer.Deserialize<WaiterState>($"\"{text}\""));
    }
}
