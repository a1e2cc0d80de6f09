using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Preempt.Embedded.Hosting;

namespace Preempt.Tests.Authoring;

/// <summary>How an app's workflows and steps are found, and that every mistake is told when the app starts.</summary>
public sealed class SetupTests
{
    public class Good : Workflow<string, string>
    {
        public override Task<string> RunAsync(RunContext run, string input) => run.CallStepAsync<GoodStep, string>(input);
    }

    internal sealed class Hidden : Good;

    public abstract class Unfinished : Good;

    public class Open<T> : Workflow<T, T>
    {
        public override Task<T> RunAsync(RunContext run, T input) => Task.FromResult(input);
    }

    public sealed class Closed : Open<int>;

    public class GoodStep : Step<string, string>
    {
        public override Task<string> RunAsync(StepContext step, string input) => Task.FromResult(input);
    }

    internal sealed class HiddenStep : GoodStep;

    public abstract class UnfinishedStep : GoodStep;

    public sealed class NoRuns : Good
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input}", maxRuns: 0, ConcurrencyStrategy.Queue);
    }

    public sealed class BadKey : Good
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input", maxRuns: 1, ConcurrencyStrategy.Queue);
    }

    public sealed class OtherGood : Good
    {
        public override void Configure(WorkflowBuilder workflow) => workflow.Name("good");
    }

    public sealed class NeedsClock(TimeProvider time) : Good
    {
        public TimeProvider Time => time;
    }

    public sealed class RuleAroundStranger : Good
    {
        public override void Configure(WorkflowBuilder workflow) =>
            workflow.StepConcurrency<GoodStep>("{input}", maxRuns: 1, ConcurrencyStrategy.Queue);
    }

    public static class Elsewhere
    {
        public sealed class GoodStep : SetupTests.GoodStep;
    }

    public interface IMailbox;

    public sealed class Mailbox : IMailbox;

    public sealed class SendMail(IMailbox mailbox, ConcurrentBag<string> sent) : GoodStep
    {
        public (IMailbox, ConcurrentBag<string>) Parts => (mailbox, sent);
    }

    public sealed class SendLetter([FromKeyedServices("paper")] IMailbox mailbox, int copies = 1) : GoodStep
    {
        public (IMailbox, int) Parts => (mailbox, copies);
    }

    public sealed class TwoWays : GoodStep
    {
        public TwoWays()
        {
        }

        public TwoWays(IMailbox mailbox) => Mailbox = mailbox;

        public IMailbox? Mailbox { get; }
    }

    public sealed class OneOfTwoWays : GoodStep
    {
        public OneOfTwoWays()
        {
        }

        [ActivatorUtilitiesConstructor]
        public OneOfTwoWays(IMailbox mailbox) => Mailbox = mailbox;

        public IMailbox? Mailbox { get; }
    }

    public sealed class NoWay : GoodStep
    {
        internal NoWay()
        {
        }
    }

    private static IServiceCollection Add(Action<PreemptBuilder> configure) =>
        new ServiceCollection().AddLogging().AddPreempt(new ConfigurationBuilder().Build(), configure);

    private static string Refusal(Action<PreemptBuilder> configure)
    {
        string message = Assert.Throws<InvalidOperationException>(() => Add(configure)).Message;
        Assert.StartsWith("Preempt cannot start: ", message, StringComparison.Ordinal);
        return message;
    }

    /// <summary>What a host does first: it makes its hosted services, before it starts one of them.</summary>
    private static void Start(Action<PreemptBuilder> configure, Action<IServiceCollection>? services = null)
    {
        IServiceCollection all = Add(configure);
        services?.Invoke(all);
        using ServiceProvider provider = all.BuildServiceProvider();
        Assert.NotEmpty(provider.GetServices<IHostedService>());
    }

    private static string RefusalAtStart<TStep>(Action<IServiceCollection>? services = null)
        where TStep : Step =>
        Assert.Throws<InvalidOperationException>(() => Start(preempt => preempt.AddStep<TStep>(), services)).Message;

    [Fact]
    public void Classes_are_found_whether_public_or_not_unless_they_are_abstract_or_open()
    {
        WorkflowRegistry found = new PreemptBuilder()
            .AddTypes([
                typeof(Good), typeof(Hidden), typeof(Unfinished), typeof(Open<>), typeof(Closed), typeof(GoodStep), typeof(HiddenStep),
                typeof(UnfinishedStep), typeof(Mailbox)])
            .Build(new PreemptOptions());
        Assert.Equal(["closed", "good", "hidden"], found.All.Select(workflow => workflow.Name));
        Assert.Equal([typeof(GoodStep), typeof(HiddenStep)], found.Steps.Types);
    }

    [Fact]
    public void An_assembly_is_searched_for_all_of_its_classes()
    {
        string message = Refusal(preempt => preempt.AddWorkflowsFrom(typeof(SetupTests).Assembly));
        Assert.Contains(typeof(NeedsClock).FullName!, message, StringComparison.Ordinal);
        Assert.Contains(typeof(NoRuns).FullName!, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_callback_the_assembly_that_the_process_was_started_with_is_searched()
    {
        // It is this one.
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => new ServiceCollection().AddPreempt(new ConfigurationBuilder().Build()));
        Assert.Contains(typeof(NoRuns).FullName!, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_may_be_added_twice() => Start(preempt => preempt
        .AddTypes([typeof(Good), typeof(GoodStep)]).AddWorkflow<Good>().AddStep<GoodStep>());

    [Fact]
    public void An_impossible_rule_is_refused_with_its_workflow_and_what_is_allowed() => Assert.Equal(
        $"Preempt cannot start: workflow class '{typeof(NoRuns)}': workflow \"no-runs\": maxRuns 0: 1 to 1000 is allowed. (Parameter 'maxRuns').",
        Refusal(preempt => preempt.AddWorkflow<NoRuns>()));

    [Fact]
    public void Two_workflows_of_one_name_are_refused() => Assert.Equal(
        $"Preempt cannot start: 2 workflows are named 'good', of the classes '{typeof(Good)}' and '{typeof(OtherGood)}': "
        + "give one of them another name, with workflow.Name.",
        Refusal(preempt => preempt.AddWorkflow<Good>().AddWorkflow<OtherGood>()));

    [Fact]
    public void Two_steps_of_one_name_are_refused() => Assert.Equal(
        $"Preempt cannot start: 2 steps are named 'good-step', of the classes '{typeof(GoodStep)}' and '{typeof(Elsewhere.GoodStep)}': "
        + "rename one of the classes.",
        Refusal(preempt => preempt.AddStep<GoodStep>().AddStep<Elsewhere.GoodStep>()));

    [Fact]
    public void A_workflow_that_cannot_be_made_without_parameters_is_refused() => Assert.Equal(
        $"Preempt cannot start: workflow class '{typeof(NeedsClock)}': it has no public constructor without parameters, which each run "
        + "needs to create it; services are for its steps, which can take them in their constructors.",
        Refusal(preempt => preempt.AddTypes([typeof(NeedsClock)])));

    [Fact]
    public void A_rule_around_a_step_that_is_not_there_is_refused() => Assert.Equal(
        $"Preempt cannot start: workflow 'rule-around-stranger' has a rule around step class '{typeof(GoodStep)}', which is not registered: "
        + "add it with AddStep<GoodStep>(), or its assembly with AddWorkflowsFrom.",
        Refusal(preempt => preempt.AddWorkflow<RuleAroundStranger>()));

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        string message = Refusal(preempt => preempt.AddWorkflow<NoRuns>().AddWorkflow<BadKey>().AddStep<GoodStep>().AddStep<Elsewhere.GoodStep>());
        Assert.All(["maxRuns 0", typeof(BadKey).FullName!, "2 steps are named 'good-step'"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Preempt_is_added_once()
    {
        IServiceCollection services = Add(preempt => preempt.AddWorkflow<Good>());
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => services.AddPreempt(new ConfigurationBuilder().Build(), preempt => preempt.AddWorkflow<Closed>()));
        Assert.Contains("AddPreempt is called twice", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_lacks_a_service_stops_the_start_with_what_it_lacks() => Assert.Equal(
        $"Preempt cannot start: step class '{typeof(SendMail)}' cannot be created: its constructor needs a '{typeof(IMailbox)}' and "
        + $"a '{typeof(ConcurrentBag<string>)}', which the app's services do not have.",
        RefusalAtStart<SendMail>());

    [Fact]
    public void A_step_that_lacks_a_keyed_service_stops_the_start() => Assert.Contains(
        $"needs a '{typeof(IMailbox)}', which", RefusalAtStart<SendLetter>(services => services.AddSingleton<IMailbox, Mailbox>()), StringComparison.Ordinal);

    [Fact]
    public void A_step_whose_marked_constructor_cannot_be_called_stops_the_start() => Assert.Contains(
        $"needs a '{typeof(IMailbox)}', which", RefusalAtStart<OneOfTwoWays>(), StringComparison.Ordinal);

    [Fact]
    public void A_step_without_a_public_constructor_stops_the_start() =>
        Assert.Contains($"step class '{typeof(NoWay)}' has no public constructor", RefusalAtStart<NoWay>(), StringComparison.Ordinal);

    [Fact]
    public void A_step_that_can_be_made_stops_nothing() => Start(
        preempt => preempt.AddStep<SendMail>().AddStep<SendLetter>().AddStep<TwoWays>().AddStep<NoWay>(),
        services => services
            .AddSingleton<IMailbox, Mailbox>()
            .AddKeyedSingleton<IMailbox, Mailbox>("paper")
            .AddSingleton<ConcurrentBag<string>>()
            .AddTransient(_ => new NoWay()));

    [Fact]
    public void Functions_are_found_in_assemblies_that_the_app_uses_no_type_of()
    {
        // It refers to nothing.
        IEnumerable<System.Reflection.Assembly> found = FunctionCatalog.AppAssemblies(typeof(object).Assembly);
        Assert.Contains(typeof(PreemptFunctions).Assembly, found);
        Assert.DoesNotContain(typeof(Xunit.Assert).Assembly, found);
    }
}
