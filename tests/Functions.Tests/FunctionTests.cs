using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Functions.Workflows;
using Preempt.Http;
using Preempt.Queues;

namespace Preempt.Functions.Tests;

/// <summary>That the app has a function for everything that its workflows call by name.</summary>
public sealed class FunctionTests
{
    private static readonly Dictionary<string, MethodInfo> Functions = new[] { typeof(AppWorkflows), typeof(RunEndpoints), typeof(CommandFunctions) }
        .SelectMany(type => type.Assembly.GetTypes())
        .SelectMany(type => type.GetMethods())
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))
        .ToDictionary(method => method.GetCustomAttribute<FunctionAttribute>()!.Name, StringComparer.OrdinalIgnoreCase);

    private static WorkflowRegistry Registry(params (string Name, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value))
            .Build();
        return new ServiceCollection()
            .AddLogging()
            .AddPreempt(configuration, AppWorkflows.Add)
            .BuildServiceProvider()
            .GetRequiredService<WorkflowRegistry>();
    }

    private static bool HasTrigger<TTrigger>(string name)
        where TTrigger : Attribute =>
        Functions.TryGetValue(name, out MethodInfo? method)
        && method.GetParameters().Any(parameter => parameter.IsDefined(typeof(TTrigger)));

    [Fact]
    public void Every_workflow_has_an_orchestration_function() =>
        Assert.All(Registry().Definitions, workflow => Assert.True(HasTrigger<OrchestrationTriggerAttribute>(workflow.Function!), workflow.Function));

    [Fact]
    public void Every_step_has_an_activity_function() => Assert.All(
        typeof(AppWorkflows).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Step))),
        step => Assert.True(HasTrigger<ActivityTriggerAttribute>(step.Name), step.Name));

    [Fact]
    public void What_runs_need_for_themselves_is_there()
    {
        Assert.True(HasTrigger<EntityTriggerAttribute>(PreemptFunctions.Gate));
        Assert.True(HasTrigger<OrchestrationTriggerAttribute>(PreemptFunctions.HandOff));
        Assert.True(HasTrigger<OrchestrationTriggerAttribute>(PreemptFunctions.Claim));
        Assert.True(HasTrigger<ActivityTriggerAttribute>(PreemptFunctions.PublishStop));
        Assert.True(HasTrigger<ActivityTriggerAttribute>(PreemptFunctions.EndRun));
    }

    [Fact]
    public void No_route_begins_with_what_the_host_keeps_for_itself() => Assert.All(
        Functions.Values.SelectMany(method => method.GetParameters()).Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()?.Route),
        route => Assert.False(
            route is not null && (route.StartsWith("admin", StringComparison.Ordinal) || route.StartsWith("runtime", StringComparison.Ordinal)), route));

    [Fact]
    public void Lab_workflows_can_be_switched_off()
    {
        Assert.Contains(Registry().Definitions, workflow => workflow.IsLab);
        Assert.DoesNotContain(Registry(("Preempt:Lab", "false")).Definitions, workflow => workflow.IsLab);
        Assert.Contains(Registry(("Preempt:Lab", "false")).Definitions, workflow => workflow.Name == "chat-reply");
    }

    [Theory]
    [InlineData("Preempt:Lab", "maybe", "true or false")]
    [InlineData("Preempt:Grace", "42", "42s")]
    [InlineData("Preempt:Timeout", "-1s", "-1s")]
    public void A_setting_that_cannot_be_read_stops_the_app_with_what_is_accepted(string name, string value, string expected)
    {
        FormatException refused = Assert.Throws<FormatException>(() => Registry((name, value)));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_the_defaults_of_workflows_that_do_not_say()
    {
        Dictionary<string, WorkflowDefinition> definitions = Registry(("Preempt:Grace", "3s"), ("Preempt:Timeout", "1h"))
            .Definitions.ToDictionary(definition => definition.Name);
        Assert.Equal(((Duration)"3s", (Duration)"1h"), (definitions["lab-plain"].Grace, definitions["lab-plain"].Timeout));
        Assert.Equal((Duration)"10 minutes", definitions["chat-reply"].Timeout);
    }
}
