namespace Preempt.Analyzers.Tests;

/// <summary>Inputs of steps and child workflows.</summary>
public sealed class InputTypeTests
{
    [Theory]
    [InlineData("run.CallStepAsync<TakesText, string>(\"x\")")]
    [InlineData("run.CallStepAsync<TakesNumber, string>(1)")]
    [InlineData("run.CallStepAsync<TakesNumber, string>(null)")]
    [InlineData("run.CallStepAsync<TakesBase, string>(new Derived())")]
    [InlineData("run.CallStepAsync<TakesBase, string>(new { Name = \"x\" })")]
    [InlineData("run.CallStepAsync<TakesMany, string>(new List<string>())")]
    [InlineData("run.CallStepAsync<TakesMany, string>(Enumerable.Empty<string>())")]
    [InlineData("run.CallStepAsync<TakesText, string>((object)1)")]
    [InlineData("run.CallStepAsync<TakesText, string>()")]
    [InlineData("run.CallWorkflowAsync<Child, string>(new Base())")]
    public Task An_input_of_the_right_type_is_fine(string call) => Check.Code<InputTypeAnalyzer>(Workflow(call));

    [Theory]
    [InlineData("run.CallStepAsync<TakesText, string>({|PREEMPT012:1|})")]
    [InlineData("run.CallStepAsync<TakesNumber, string>({|PREEMPT012:1.5|})")]
    [InlineData("run.CallStepAsync<TakesBase, string>({|PREEMPT012:\"x\"|})")]
    [InlineData("run.CallStepAsync<TakesBase, string>({|PREEMPT012:input|}, new StepOptions())")]
    [InlineData("run.CallStepAsync<TakesMany, string>({|PREEMPT012:new List<int>()|}, run.CancellationToken)")]
    [InlineData("run.CallWorkflowAsync<Child, string>({|PREEMPT012:\"x\"|})")]
    [InlineData("run.StartWorkflowAsync<Child>(options: null, input: {|PREEMPT012:\"x\"|})")]
    public Task An_input_of_another_type_is_an_error(string call) => Check.Code<InputTypeAnalyzer>(Workflow(call));

    [Fact]
    public async Task The_message_names_both_types() => Assert.Equal(
        "'TakesBase' takes 'Base', and is called with 'string'",
        await Check.Message<InputTypeAnalyzer>(Workflow("run.CallStepAsync<TakesBase, string>(\"x\")")));

    private static string Workflow(string call) => $$"""
        public class Base
        {
            public string Name { get; init; } = "";
        }

        public sealed class Derived : Base;

        public abstract class Takes<T> : Step<T, string>
        {
            public override Task<string> RunAsync(StepContext step, T input) => Task.FromResult("done");
        }

        public sealed class TakesText : Takes<string>;

        public sealed class TakesNumber : Takes<long>;

        public sealed class TakesBase : Takes<Base>;

        public sealed class TakesMany : Takes<string[]>;

        public sealed class Child : Workflow<Base, string>
        {
            public override Task<string> RunAsync(RunContext run, Base input) => Task.FromResult("done");
        }

        public sealed class Sample : Workflow<string, string>
        {
            public override async Task<string> RunAsync(RunContext run, string input)
            {
                await {{call}};
                return "done";
            }
        }
        """;
}
