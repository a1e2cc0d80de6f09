namespace Preempt.Analyzers.Tests;

/// <summary>What a workflow's code may not do, and what is written instead.</summary>
public sealed class WorkflowCodeTests
{
    /// <summary>Statements of a workflow, with what is found in them.</summary>
    public static TheoryData<string> Forbidden =>
    [
        "_ = {|PREEMPT001:DateTime.Now|};",
        "_ = {|PREEMPT001:DateTime.UtcNow|};",
        "_ = {|PREEMPT001:DateTime.Today|};",
        "_ = {|PREEMPT001:DateTimeOffset.Now|};",
        "_ = {|PREEMPT001:DateTimeOffset.UtcNow|}.AddDays(1);",
        "_ = {|PREEMPT001:{|PREEMPT001:TimeProvider.System|}.GetUtcNow()|};",
        "_ = {|PREEMPT001:System.Diagnostics.Stopwatch.StartNew()|};",
        "_ = {|PREEMPT001:System.Diagnostics.Stopwatch.GetTimestamp()|};",
        "_ = {|PREEMPT001:new System.Diagnostics.Stopwatch()|};",
        "_ = {|PREEMPT001:Environment.TickCount64|};",
        "_ = {|PREEMPT002:Guid.NewGuid()|};",
        "_ = {|PREEMPT002:Guid.CreateVersion7()|};",
        "_ = {|PREEMPT003:new Random()|};",
        "_ = {|PREEMPT003:{|PREEMPT003:Random.Shared|}.Next()|};",
        "_ = {|PREEMPT003:System.Security.Cryptography.RandomNumberGenerator.GetInt32(3)|};",
        "await {|PREEMPT004:Task.Run(() => 1)|};",
        "await {|PREEMPT004:Task.Factory.StartNew(() => 1)|};",
        "{|PREEMPT004:Parallel.For(0, 1, _ => { })|};",
        "{|PREEMPT004:{|PREEMPT004:new Thread(() => { })|}.Start()|};",
        "{|PREEMPT004:ThreadPool.QueueUserWorkItem(_ => { })|};",
        "_ = new TaskCompletionSource({|PREEMPT004:TaskCreationOptions.RunContinuationsAsynchronously|});",
        "await {|PREEMPT005:Task.Delay(100)|};",
        "await {|PREEMPT005:Task.Delay(TimeSpan.FromDays(1), run.CancellationToken)|};",
        "{|PREEMPT005:Thread.Sleep(1)|};",
        "_ = {|PREEMPT005:new CancellationTokenSource(100)|};",
        "await {|PREEMPT006:Task.CompletedTask.ConfigureAwait(false)|};",
        "await {|PREEMPT006:run.DelayAsync(\"1s\").ConfigureAwait(false)|};",
        "await {|PREEMPT006:Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.None)|};",
        "using CancellationTokenSource source = new(); await {|PREEMPT007:source.CancelAsync()|};",
        "{|PREEMPT008:run.DelayAsync(\"1s\").Wait()|};",
        "_ = {|PREEMPT008:Task.FromResult(1).Result|};",
        "_ = {|PREEMPT008:Task.FromResult(1).GetAwaiter().GetResult()|};",
        "{|PREEMPT008:Task.WaitAll(Task.CompletedTask)|};",
        "{|PREEMPT008:new SemaphoreSlim(1).Wait()|};",
        "_ = {|PREEMPT009:File.ReadAllText(\"x\")|};",
        "_ = {|PREEMPT009:Directory.Exists(\"x\")|};",
        "_ = {|PREEMPT009:new FileStream(\"x\", FileMode.Open)|};",
        "_ = await {|PREEMPT009:{|PREEMPT009:new System.Net.Http.HttpClient()|}.GetStringAsync(\"x\")|};",
        "_ = {|PREEMPT009:Environment.GetEnvironmentVariable(\"x\")|};",
        "_ = {|PREEMPT009:System.Diagnostics.Process.Start(\"x\")|};",
        "_ = {|PREEMPT009:new System.Net.Sockets.TcpClient()|};",
    ];

    /// <summary>Statements that are fine.</summary>
    public static TheoryData<string> Allowed =>
    [
        "_ = run.UtcNow.AddDays(1);",
        "_ = new DateTime(2030, 1, 1);",
        "_ = run.NewGuid();",
        "_ = Guid.Parse(input);",
        "await run.DelayAsync(TimeSpan.FromDays(1));",
        "await Task.WhenAll(run.DelayAsync(\"1s\"), run.DelayAsync(\"2s\"));",
        "await run.DelayAsync(\"1s\").ConfigureAwait(true);",
        "await run.DelayAsync(\"1s\").ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);",
        "using CancellationTokenSource source = new(); source.Cancel();",
        "_ = new TaskCompletionSource();",
        "_ = Path.Combine(\"a\", \"b\");",
        "using MemoryStream stream = new(); stream.WriteByte(1);",
    ];

    [Theory]
    [MemberData(nameof(Forbidden))]
    public Task What_differs_in_a_replay_or_leaves_the_thread_is_found(string statement) => Check.Code<WorkflowCodeAnalyzer>(Workflow(statement));

    [Theory]
    [MemberData(nameof(Allowed))]
    public Task What_a_workflow_may_do_is_left_alone(string statement) => Check.Code<WorkflowCodeAnalyzer>(Workflow(statement));

    [Fact]
    public Task What_run_async_uses_of_its_class_is_looked_at_and_nothing_else_is() => Check.Code<WorkflowCodeAnalyzer>("""
        public abstract class Base : Workflow<string, string>
        {
            protected static DateTime Unused => DateTime.UtcNow;
        }

        public sealed partial class Sample : Base
        {
            private static DateTime Started => {|PREEMPT001:DateTime.UtcNow|};

            public override void Configure(WorkflowBuilder workflow) => workflow.Name($"at-{DateTime.UtcNow.Year}");

            public override async Task<string> RunAsync(RunContext run, string input)
            {
                await FirstAsync(run);
                Func<Guid> make = () => {|PREEMPT002:Guid.NewGuid()|};
                return Started + Local() + make();

                static string Local() => {|PREEMPT009:File.ReadAllText("x")|};
            }

            protected override string? Validate(string input) => File.Exists(input) ? null : "There is no such file.";
        }

        public sealed partial class Sample
        {
            private static async Task FirstAsync(RunContext run)
            {
                await run.DelayAsync("1s");
                SecondAsync();
            }

            private static void SecondAsync() => {|PREEMPT005:Thread.Sleep(1)|};

            private static void Unused() => Thread.Sleep(1);
        }

        public sealed class Work : Step<string, string>
        {
            public override async Task<string> RunAsync(StepContext step, string input)
            {
                await Task.Delay(1, step.CancellationToken).ConfigureAwait(false);
                return DateTime.UtcNow + File.ReadAllText(input);
            }
        }
        """.Replace("string?", "string", StringComparison.Ordinal));

    [Theory]
    [InlineData("_ = {|PREEMPT001:DateTimeOffset.UtcNow|};", "_ = run.UtcNow;")]
    [InlineData("_ = {|PREEMPT001:DateTimeOffset.Now|};", "_ = run.UtcNow;")]
    [InlineData("_ = {|PREEMPT001:DateTime.UtcNow|}.Date;", "_ = run.UtcNow.UtcDateTime.Date;")]
    [InlineData("_ = {|PREEMPT002:Guid.NewGuid()|}.ToString();", "_ = run.NewGuid().ToString();")]
    [InlineData("await {|PREEMPT005:Task.Delay(TimeSpan.FromDays(1))|};", "await run.DelayAsync(TimeSpan.FromDays(1));")]
    [InlineData("await {|PREEMPT005:Task.Delay(100)|};", "await run.DelayAsync(System.TimeSpan.FromMilliseconds(100));")]
    [InlineData("await {|PREEMPT005:Task.Delay(TimeSpan.FromDays(1), CancellationToken.None)|};", "await run.DelayAsync(TimeSpan.FromDays(1), CancellationToken.None);")]
    [InlineData("{|PREEMPT005:Thread.Sleep(100)|};", "await run.DelayAsync(System.TimeSpan.FromMilliseconds(100));")]
    [InlineData("await {|PREEMPT006:run.DelayAsync(\"1s\").ConfigureAwait(false)|};", "await run.DelayAsync(\"1s\");")]
    [InlineData("using CancellationTokenSource source = new(); await {|PREEMPT007:source.CancelAsync()|};", "using CancellationTokenSource source = new(); source.Cancel();")]
    [InlineData("{|PREEMPT008:run.DelayAsync(\"1s\").Wait()|};", "await run.DelayAsync(\"1s\");")]
    [InlineData("_ = {|PREEMPT008:Task.FromResult(\"x\").Result|}.Length;", "_ = (await Task.FromResult(\"x\")).Length;")]
    [InlineData("_ = {|PREEMPT008:Task.FromResult(1).GetAwaiter().GetResult()|};", "_ = await Task.FromResult(1);")]
    public Task What_a_workflow_may_do_instead_is_written(string statement, string instead) =>
        Check.Fix<WorkflowCodeAnalyzer, WorkflowCodeFixes>(Workflow(statement), Workflow(instead));

    private static string Workflow(string statement) => $$"""
        public sealed class Sample : Workflow<string, string>
        {
            public override async Task<string> RunAsync(RunContext run, string input)
            {
                await run.DelayAsync("1 second");
                {{statement}}
                return "done";
            }
        }
        """;
}
