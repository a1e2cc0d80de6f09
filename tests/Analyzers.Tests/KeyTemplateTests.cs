namespace Preempt.Analyzers.Tests;

/// <summary>Key templates and the input that they name.</summary>
public sealed class KeyTemplateTests
{
    [Theory]
    [InlineData("{input.customer}")]
    [InlineData("{input.CUSTOMER}:{metadata.region}")]
    [InlineData("{ input.customer ?? 'nobody' }")]
    [InlineData("{input.address.city}")]
    [InlineData("{input['post code']}")]
    [InlineData("{input.lines[0].sku}")]
    [InlineData("{input.tags.anything}")]
    [InlineData("{input.inherited}")]
    [InlineData("{metadata.custmer}")]
    [InlineData("{{input.custmer}}")]
    [InlineData("fixed")]
    public Task A_template_that_names_what_there_is_is_fine(string template) => Check.Code<KeyTemplateAnalyzer>(Workflow($"\"{template}\""));

    [Theory]
    [InlineData("{input.custmer}", "The key template \"{input.custmer}\" names 'input.custmer', and 'Order' has no such property; is 'customer' meant?")]
    [InlineData("{input.custmer ?? 'x'}", "The key template \"{input.custmer ?? 'x'}\" names 'input.custmer', and 'Order' has no such property; is 'customer' meant?")]
    [InlineData("a:{input.address.street}", "The key template \"a:{input.address.street}\" names 'input.address.street', and 'Address' has no such property")]
    [InlineData("{input.customer.name}", "The key template \"{input.customer.name}\" names 'input.customer.name', and 'string' has no such property")]
    [InlineData("{input.lines[0].skuu}", "The key template \"{input.lines[0].skuu}\" names 'input.lines[0].skuu', and 'Line' has no such property; is 'sku' meant?")]
    [InlineData("{input.lines.sku}", "The key template \"{input.lines.sku}\" names 'input.lines.sku', and 'IReadOnlyList<Line>' has no such property")]
    [InlineData("{input.code}", "The key template \"{input.code}\" names 'input.code', and 'Order' has no such property")]
    [InlineData("{input.secret}", "The key template \"{input.secret}\" names 'input.secret', and 'Order' has no such property")]
    public async Task A_template_that_names_what_there_is_not_is_an_error(string template, string message)
    {
        await Check.Code<KeyTemplateAnalyzer>(Workflow($"{{|PREEMPT011:\"{template}\"|}}"));
        Assert.Equal(message, await Check.Message<KeyTemplateAnalyzer>(Workflow($"\"{template}\"")));
    }

    [Fact]
    public Task The_rule_around_a_step_is_looked_at_too() =>
        Check.Code<KeyTemplateAnalyzer>(Workflow("\"{input.customer}\"", ".StepConcurrency<Work>({|PREEMPT011:\"{input.sku}\"|}, 1, ConcurrencyStrategy.Queue)"));

    [Fact]
    public Task The_key_that_a_workflow_gives_a_shared_rule_is_checked_too() =>
        Check.Code<KeyTemplateAnalyzer>(Workflow(
            "\"{input.customer}\"", ".UseRule(\"gpu\", {|PREEMPT011:\"{input.sku}\"|}).UseStepRule<Work>(\"gpu\", {|PREEMPT011:\"{input.sku}\"|})"));

    [Fact]
    public Task A_template_of_a_throttle_and_of_a_debounce_is_checked_too() =>
        Check.Code<KeyTemplateAnalyzer>(Workflow(
            "\"{input.customer}\"", ".Throttle({|PREEMPT011:\"{input.sku}\"|}, 1, \"1 minute\").StepThrottle<Work>({|PREEMPT011:\"{input.sku}\"|}, 1, \"1 minute\").Debounce({|PREEMPT011:\"{input.sku}\"|}, \"1s\", \"1 minute\")"));

    [Theory]
    [InlineData("System.Text.Json.JsonElement")]
    [InlineData("object")]
    [InlineData("Dictionary<string, string>")]
    [InlineData("Open")]
    public Task An_input_that_may_be_any_json_is_left_alone(string input) => Check.Code<KeyTemplateAnalyzer>($$"""
        public sealed class Open
        {
            [System.Text.Json.Serialization.JsonExtensionData]
            public Dictionary<string, object> Other { get; } = new();
        }

        public sealed class Sample : Workflow<{{input}}, string>
        {
            public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input.any}", 1, ConcurrencyStrategy.Queue);

            public override Task<string> RunAsync(RunContext run, {{input}} input) => Task.FromResult("done");
        }
        """);

    private static string Workflow(string template, string more = "") => $$"""
        public abstract class Entry
        {
            public string Inherited { get; init; } = "";
        }

        public sealed class Order : Entry
        {
            public string Customer { get; init; } = "";

            public Address Address { get; init; } = new();

            public IReadOnlyList<Line> Lines { get; init; } = [];

            public Dictionary<string, string> Tags { get; } = new();

            [System.Text.Json.Serialization.JsonPropertyName("post code")]
            public string Code { get; init; } = "";

            [System.Text.Json.Serialization.JsonIgnore]
            public string Secret { get; init; } = "";
        }

        public sealed class Address
        {
            public string City { get; init; } = "";
        }

        public sealed class Line
        {
            public string Sku { get; init; } = "";
        }

        public sealed class Work : Step<string, string>
        {
            public override Task<string> RunAsync(StepContext step, string input) => Task.FromResult(input);
        }

        public sealed class Sample : Workflow<Order, string>
        {
            public override void Configure(WorkflowBuilder workflow) => workflow
                .Concurrency({{template}}, 1, ConcurrencyStrategy.Queue){{more}};

            public override Task<string> RunAsync(RunContext run, Order input) => Task.FromResult("done");
        }
        """;
}
