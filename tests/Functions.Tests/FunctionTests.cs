using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Functions.Workflows;
using Preempt.Http;
using Preempt.Queues;

namespace Preempt.Functions.Tests;

/// <summary>The functions that the app and the library define, and the workflows that the app is found to have.</summary>
public sealed class FunctionTests
{
    private static readonly Dictionary<string, MethodInfo> Functions = new[] { typeof(ChatReply), typeof(PreemptFunctions), typeof(RunEndpoints), typeof(CommandFunctions) }
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
            .AddPreempt(configuration, preempt => preempt.AddWorkflowsFrom(typeof(ChatReply).Assembly).AddLabRules())
            .BuildServiceProvider()
            .GetRequiredService<WorkflowRegistry>();
    }

    [Fact]
    public void Every_function_that_Preempt_calls_by_name_is_there()
    {
        IEnumerable<string> names = typeof(PreemptFunctions).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        Assert.All(names, name => Assert.True(Functions.ContainsKey(name), name));
    }

    [Fact]
    public void The_functions_of_the_library_carry_its_name_and_are_of_the_types_that_it_tells()
    {
        MethodInfo[] functions = [.. Functions.Values.Where(method => method.DeclaringType!.Assembly == typeof(PreemptFunctions).Assembly)];
        Assert.NotEmpty(functions);
        Assert.All(functions, method => Assert.StartsWith("Preempt", method.GetCustomAttribute<FunctionAttribute>()!.Name, StringComparison.Ordinal));
        Assert.Equal(PreemptFunctions.Types.ToHashSet(), functions.Select(method => method.DeclaringType!).ToHashSet());
    }

    [Fact]
    public void Every_workflow_of_the_app_is_found() => Assert.Equal(
        [
            "chat-reply", "import-file", "lab-cancel-in-progress", "lab-cancel-in-progress-3", "lab-cancel-newest", "lab-children", "lab-debounce", "lab-immediate",
            "lab-multi", "lab-plain", "lab-queue", "lab-rate-limit", "lab-round-robin", "lab-shared-runs", "lab-shared-steps", "lab-slots", "lab-step-gate", "lab-step-throttle", "lab-summarise", "lab-throttle", "lab-translate",
            "lab-weights", "nightly-batch", "render-video", "report-build",
        ],
        Registry().All.Select(workflow => workflow.Name));

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
