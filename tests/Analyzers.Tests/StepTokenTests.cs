namespace Preempt.Analyzers.Tests;

/// <summary>Calls of a step that take a token.</summary>
public sealed class StepTokenTests
{
    public static TheoryData<string, string> Forgotten => new()
    {
        { "await {|PREEMPT010:Task.Delay(1)|};", "await Task.Delay(1, step.CancellationToken);" },
        { "await {|PREEMPT010:Task.Delay(TimeSpan.Zero, step.Time)|};", "await Task.Delay(TimeSpan.Zero, step.Time, step.CancellationToken);" },
        { "_ = await {|PREEMPT010:http.GetStringAsync(\"x\")|};", "_ = await http.GetStringAsync(\"x\", step.CancellationToken);" },
        { "_ = await {|PREEMPT010:File.ReadAllTextAsync(\"x\")|};", "_ = await File.ReadAllTextAsync(\"x\", step.CancellationToken);" },
        { "await {|PREEMPT010:HelpAsync(1)|};", "await HelpAsync(1, step.CancellationToken);" },
        { "await {|PREEMPT010:PairAsync()|};", "await PairAsync(cancellationToken: step.CancellationToken);" },
        { "await {|PREEMPT010:Task.Delay(1)|}.ConfigureAwait(false);", "await Task.Delay(1, step.CancellationToken).ConfigureAwait(false);" },
    };

    public static TheoryData<string> Allowed =>
    [
        "await Task.Delay(1, step.CancellationToken);",
        "await Task.Delay(1, CancellationToken.None);",
        "using CancellationTokenSource own = CancellationTokenSource.CreateLinkedTokenSource(step.CancellationToken); await Task.Delay(1, own.Token);",
        "await Task.WhenAll(Task.CompletedTask);",
        "await Task.Run(() => { });",
        "await step.ReportProgressAsync(0.5);",
        "await step.RunProcessAsync(new ProcessOptions(\"sleep\", \"1\"));",
        "try { input.ToString(); } catch (OperationCanceledException) { await Task.Delay(1); }",
        "try { input.ToString(); } finally { await Task.Delay(1); }",
        "_ = input.ToList();",
    ];

    [Theory]
    [MemberData(nameof(Forgotten))]
    public Task A_token_that_is_not_passed_on_is_found_and_can_be_added(string statement, string passing) =>
        Check.Fix<StepTokenAnalyzer, StepTokenFix>(Step(statement), Step(passing));

    [Theory]
    [MemberData(nameof(Allowed))]
    public Task What_needs_no_token_is_left_alone(string statement) => Check.Code<StepTokenAnalyzer>(Step(statement));

    [Fact]
    public Task Other_code_is_left_alone() => Check.Code<StepTokenAnalyzer>("""
        public sealed class Other
        {
            public Task RunAsync() => Task.Delay(1);
        }
        """);

    private static string Step(string statement) => $$"""
        public sealed class Sample(System.Net.Http.HttpClient http) : Step<string, string>
        {
            public override async Task<string> RunAsync(StepContext step, string input)
            {
                _ = http.BaseAddress;
                {{statement}}
                return "done";
            }

            private static Task HelpAsync(int times, CancellationToken cancellationToken = default) => Task.Delay(times, cancellationToken);

            private static Task PairAsync(int times = 1, CancellationToken cancellationToken = default) => Task.Delay(times, cancellationToken);
        }
        """;
}
