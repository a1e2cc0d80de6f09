using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Durable;
using Preempt.Testing;

namespace Preempt.Tests.Runs;

/// <summary>What a test workflow is given: its key, and the name of the code that it runs.</summary>
public sealed record Script(string Key, string Code);

/// <summary>What a test step is given: how long it works, and how it takes a stop.</summary>
public sealed record Work(double Seconds, bool IgnoreStop = false, bool Fail = false, string Output = "done", bool ReturnToken = false)
{
    /// <summary>How much more time it gives itself and its run.</summary>
    public Duration? ExtendBy { get; init; }

    /// <summary>Whether it asks its run to stop.</summary>
    public bool CancelRun { get; init; }
}

/// <summary>A workflow whose code is a test's own.</summary>
public abstract class ScriptedWorkflow : Workflow<Script, string>
{
    public static readonly ConcurrentDictionary<string, Func<RunContext, Task<string>>> Codes = new();

    public override Task<string> RunAsync(RunContext run, Script input) => Codes[input.Code](run);
}

public sealed class OneRun : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress).Timeout("1h");
}

public sealed class ThreeRuns : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 3, ConcurrencyStrategy.CancelInProgress).Timeout("1h");
}

public sealed class OneRunAtOnce : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress, Handover.Immediate);
}

public sealed class NewestRefused : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelNewest);
}

public sealed class Queued : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 2, ConcurrencyStrategy.Queue, maxQueued: 20).ScheduleTimeout("2 days");
}

public sealed class InTurn : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.RoundRobin, maxTotal: 3);
}

/// <summary>Runs outside working hours. The host's clock starts on a Tuesday at midnight.</summary>
public sealed class Nightly : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue)
        .EndWhen("time of day between 08:00 and 18:00 and weekdays");
}

public sealed class TwoRules : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 2, ConcurrencyStrategy.CancelInProgress)
        .Concurrency("{input.code}", 1, ConcurrencyStrategy.CancelInProgress);
}

/// <summary>The runs of a key follow each other, and so do those of one code.</summary>
public sealed class InTwoLines : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue)
        .Concurrency("{input.code}", 1, ConcurrencyStrategy.Queue);
}

/// <summary>One step of a key at a time, over all runs; the newest wins.</summary>
public sealed class GatedStep : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.StepConcurrency<Worker>("{input.key}", 1, ConcurrencyStrategy.CancelInProgress);
}

/// <summary>Two steps of a key at a time, over all runs; two more may wait.</summary>
public sealed class QueuedStep : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.StepConcurrency<Worker, Script>((input, _) => input.Key, 2, ConcurrencyStrategy.Queue, maxQueued: 2);
}

/// <summary>The starts of a key are ten seconds apart.</summary>
public sealed class SpreadRuns : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Throttle("{input.key}", starts: 6, per: "1 minute").ScheduleTimeout("2 days");
}

/// <summary>Of each key six starts a minute, and no more than that at once.</summary>
public sealed class LimitedRuns : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Throttle<Script>((input, _) => input.Key, starts: 6, per: "1 minute", whenFull: WhenFull.Reject);
}

/// <summary>The newest of a key, when none has come for five seconds.</summary>
public sealed class QuietRuns : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Debounce("{input.key}", quiet: "5s", atMost: "20s");
}

/// <summary>The starts of all steps are ten seconds apart, and the runs of a key follow each other.</summary>
public sealed class SpreadSteps : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue)
        .StepThrottle<Worker>("all", starts: 6, per: "1 minute");
}

/// <summary>The runs of a key follow each other.</summary>
public sealed class OneInOrder : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue);
}

/// <summary>The steps of a key follow each other.</summary>
public sealed class OneStepInOrder : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.StepConcurrency<Worker>("{input.key}", 1, ConcurrencyStrategy.Queue);
}

/// <summary>Can be stopped for every reason there is: the newest of its key wins, and it ends when its key is called over.</summary>
public sealed class Stoppable : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => Limit<Script>(workflow, input => input.Key);

    /// <summary>The limits, of a workflow with any input that has a key.</summary>
    public static WorkflowBuilder Limit<TInput>(WorkflowBuilder workflow, Func<TInput, string> keyOf) => workflow
        .Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress)
        .EndWhen<TInput>(input => $"event over where key = '{keyOf(input)}'")
        .Grace("5 minutes");
}

/// <summary>As <see cref="Stoppable"/>, and one of all keys works at a time.</summary>
public sealed class StoppableAtTwoGates : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        Stoppable.Limit<Script>(workflow, input => input.Key).Concurrency("all", 1, ConcurrencyStrategy.Queue);
}

/// <summary>As <see cref="Stoppable"/>, and one step of all keys works at a time.</summary>
public sealed class StoppableAtStepGate : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) =>
        Stoppable.Limit<Script>(workflow, input => input.Key).StepConcurrency<Worker>("all", 1, ConcurrencyStrategy.Queue);
}

/// <summary>One works, and one waits.</summary>
public sealed class InShortLine : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue, maxQueued: 1);
}

/// <summary>Ends when its order is paid, and starts when one is placed.</summary>
public sealed class OnOrders : Workflow<Script, string>
{
    public override void Configure(WorkflowBuilder workflow) =>
        workflow.StartOn("order-placed", "kind = 'book'").EndWhen<Script>(input => $"event order-paid where id = '{input.Key}'");

    public override Task<string> RunAsync(RunContext run, Script input) => ScriptedWorkflow.Codes[input.Code](run);
}

public sealed class Ungated : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Timeout("3 days").Grace("1 minute");
}

public sealed record LegacyOrder(string CustomerId, int Seconds, bool Fails = false);

public sealed record LegacyReceipt(string Text);

/// <summary>What a supervised orchestrator is given that does as <see cref="Stoppable"/>.</summary>
public sealed record SupervisedScript(string Key, string Code, string? Timeout = null, string? ScheduleTimeout = null);

/// <summary>Works for a time on the host's clock, and notes when.</summary>
public sealed class Worker(StepLog log) : Step<Work, string>
{
    public override async Task<string> RunAsync(StepContext step, Work input)
    {
        using IDisposable noted = log.Begin(step);
        CancellationToken token = input.IgnoreStop ? CancellationToken.None : step.CancellationToken;
        await step.ReportProgressAsync(0.5, "half");
        if (input.ExtendBy is { } extension)
            await step.ExtendTimeoutAsync(extension);
        if (input.CancelRun)
            await step.CancelRunAsync("the step says so");
        await Task.Delay(TimeSpan.FromSeconds(input.Seconds), step.Time, token);
        if (input.ReturnToken)
            return $"{step.FencingToken}";
        return input.Fail ? throw new InvalidOperationException("told to fail") : input.Output;
    }
}

/// <summary>Which steps run, and what went wrong with them as seen from outside.</summary>
public sealed class StepLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _running = [];

    public List<string> Started { get; } = [];

    /// <summary>The most steps at one time of runs whose ids begin alike: of one workflow and key.</summary>
    public int MostAtOnce { get; private set; }

    public IReadOnlyList<string> Running
    {
        get
        {
            lock (_lock)
                return [.. _running];
        }
    }

    public IDisposable Begin(StepContext step)
    {
        lock (_lock)
        {
            _running.Add(step.RunId);
            Started.Add(step.RunId);
            MostAtOnce = Math.Max(MostAtOnce, _running.Count(other => KeyOf(other) == KeyOf(step.RunId)));
        }

        return new End(this, step.RunId);
    }

    private static string KeyOf(string runId) => runId[..Math.Max(runId.LastIndexOf(':'), 0)];

    /// <summary>The process has died: nothing of it runs any more.</summary>
    public void Clear()
    {
        lock (_lock)
            _running.Clear();
    }

    private sealed class End(StepLog log, string runId) : IDisposable
    {
        public void Dispose()
        {
            lock (log._lock)
                log._running.Remove(runId);
        }
    }
}

/// <summary>The functions of the test app: those of Preempt whose worker can die, and an orchestrator of its own.</summary>
public sealed class TestFunctions(BadWorker bad)
{
    [Function(PreemptFunctions.Step)]
    public Task<object> Step([ActivityTrigger] JsonElement call, [DurableClient] DurableTaskClient client, FunctionContext function)
    {
        bad.MayFail();
        return StepFunctions.Step(call, client, function);
    }

    [Function(PreemptFunctions.Gate)]
    public static Task Gate([EntityTrigger] TaskEntityDispatcher dispatcher, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        EntityFunctions.Gate(dispatcher, client, function);

    [Function(PreemptFunctions.LimitBook)]
    public static Task LimitBook([EntityTrigger] TaskEntityDispatcher dispatcher) => EntityFunctions.LimitBook(dispatcher);

    [Function(PreemptFunctions.Subscribers)]
    public static Task Subscribers([EntityTrigger] TaskEntityDispatcher dispatcher) => EntityFunctions.Subscribers(dispatcher);

    [Function(PreemptFunctions.Switch)]
    public static Task Switch([EntityTrigger] TaskEntityDispatcher dispatcher) => EntityFunctions.Switch(dispatcher);

    [Function(PreemptFunctions.Control)]
    public Task Control([EntityTrigger] TaskEntityDispatcher dispatcher, [DurableClient] DurableTaskClient client, FunctionContext function)
    {
        bad.MayFail();
        return EntityFunctions.Control(dispatcher, client, function);
    }

    /// <summary>An orchestrator as it was written before there was Preempt.</summary>
    [Function("Legacy")]
    public static Task<LegacyReceipt> Legacy([OrchestrationTrigger] TaskOrchestrationContext context) => context.SuperviseAsync(
        workflow => workflow.Concurrency("{input.customerId}", 1, ConcurrencyStrategy.CancelInProgress).Timeout("1h"),
        async run =>
        {
            LegacyOrder order = context.GetInput<LegacyOrder>()!;
            if (order.Fails)
                throw new FormatException("The order cannot be read.");
            for (int left = order.Seconds; left > 0; left -= 10)
                await run.DelayAsync(TimeSpan.FromSeconds(Math.Min(left, 10)));
            return new LegacyReceipt(await context.CallActivityAsync<string>("LegacyCharge", order.CustomerId));
        });

    /// <summary>An orchestrator of the app's own that calls a step.</summary>
    [Function("LegacyStep")]
    public static Task<string> LegacyStep([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.SuperviseAsync(workflow => workflow.Timeout("1h"), run => run.CallStepAsync<Worker, string>(new Work(1)));

    [Function("LegacyStoppable")]
    public static Task<string> LegacyStoppable([OrchestrationTrigger] TaskOrchestrationContext context) => SuperviseAsync(context, _ => { });

    [Function("LegacyStoppableAtTwoGates")]
    public static Task<string> LegacyStoppableAtTwoGates([OrchestrationTrigger] TaskOrchestrationContext context) =>
        SuperviseAsync(context, workflow => workflow.Concurrency("all", 1, ConcurrencyStrategy.Queue));

    [Function("LegacyStoppableAtStepGate")]
    public static Task<string> LegacyStoppableAtStepGate([OrchestrationTrigger] TaskOrchestrationContext context) =>
        SuperviseAsync(context, workflow => workflow.StepConcurrency<Worker>("all", 1, ConcurrencyStrategy.Queue));

    [Function("LegacyInShortLine")]
    public static Task<string> LegacyInShortLine([OrchestrationTrigger] TaskOrchestrationContext context) => context.SuperviseAsync(
        workflow => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue, maxQueued: 1),
        run => ScriptedWorkflow.Codes[context.GetInput<SupervisedScript>()!.Code](run));

    private static Task<string> SuperviseAsync(TaskOrchestrationContext context, Action<WorkflowBuilder> more)
    {
        SupervisedScript script = context.GetInput<SupervisedScript>()!;
        return context.SuperviseAsync(
            workflow =>
            {
                more(Stoppable.Limit<SupervisedScript>(workflow, input => input.Key));
                if (script.Timeout is { } timeout)
                    workflow.Timeout(timeout);
                if (script.ScheduleTimeout is { } scheduleTimeout)
                    workflow.ScheduleTimeout(scheduleTimeout);
            },
            run => ScriptedWorkflow.Codes[script.Code](run));
    }

    [Function("LegacyStranger")]
    public static Task<string> LegacyStranger([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.SuperviseAsync(workflow => workflow.Timeout("1h"), run => run.CallStepAsync<Stranger, string>("x"));

    [Function("LegacyCharge")]
    public static string LegacyCharge([ActivityTrigger] string customer) => $"charged {customer}";
}

/// <summary>A worker process that dies so many times before it runs a step.</summary>
public sealed class BadWorker
{
    public int Failures { get; set; }

    public void MayFail()
    {
        if (Failures-- > 0)
            throw new InvalidOperationException("The worker process died.");
    }
}

/// <summary>The test app on a host that skips time.</summary>
public sealed class TestApp : IDisposable
{
    public TestApp(int seed = 0, Action<DurableTestHostOptions>? adjust = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        DurableTestHostOptions options = new()
        {
            Seed = seed,
            ConfigureServices = services =>
            {
                // A new process begins: nothing of the one before it runs.
                Log.Clear();
                services.AddSingleton(Log).AddSingleton(BadWorker).AddPreempt(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), preempt => preempt
                    .AddWorkflow<OneRun>()
                    .AddWorkflow<ThreeRuns>()
                    .AddWorkflow<InTwoLines>()
                    .AddWorkflow<OneRunAtOnce>()
                    .AddWorkflow<NewestRefused>()
                    .AddWorkflow<Queued>()
                    .AddWorkflow<InTurn>()
                    .AddWorkflow<Nightly>()
                    .AddWorkflow<TwoRules>()
                    .AddWorkflow<Stoppable>()
                    .AddWorkflow<StoppableAtTwoGates>()
                    .AddWorkflow<StoppableAtStepGate>()
                    .AddWorkflow<InShortLine>()
                    .AddWorkflow<OnOrders>()
                    .AddWorkflow<GatedStep>()
                    .AddWorkflow<QueuedStep>()
                    .AddWorkflow<OneInOrder>()
                    .AddWorkflow<SpreadRuns>()
                    .AddWorkflow<LimitedRuns>()
                    .AddWorkflow<SpreadSteps>()
                    .AddWorkflow<QuietRuns>()
                    .AddWorkflow<OneStepInOrder>()
                    .AddWorkflow<Ungated>()
                    .AddStep<Worker>());
            },
        };
        foreach (Type type in PreemptFunctions.Types.Except([typeof(StepFunctions), typeof(EntityFunctions)]))
            options.FunctionTypes.Add(type);
        options.FunctionTypes.Add(typeof(TestFunctions));
        adjust?.Invoke(options);
        Host = new DurableTestHost(options);
    }

    public DurableTestHost Host { get; }

    public StepLog Log { get; } = new();

    public BadWorker BadWorker { get; } = new();

    public RunClient Runs => Host.Services.GetRequiredService<RunClients>().With(Host.Client);

    /// <summary>Starts a run of that code.</summary>
    public string Start(string workflow, Func<RunContext, Task<string>> code, string key = "k")
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = code;
        return Start(workflow, new Script(key, name));
    }

    public string Start(string workflow, Script script) => Host.Run(() => Runs.StartAsync(workflow, script)).Id;

    /// <summary>Starts a run of one step.</summary>
    public string Start(string workflow, Work work, string key = "k") =>
        Start(workflow, run => run.CallStepAsync<Worker, string>(work), key);

    /// <summary>Ends the run's instance with the platform's own means, past its supervisor.</summary>
    public void Terminate(string id) => Host.Run(async () =>
    {
        await Host.Client.TerminateInstanceAsync(id, CancellationToken.None);
        return true;
    });

    public Run Get(string id) => Host.Run(() => Runs.GetAsync(id));

    public Run Cancel(string id, CancelOptions? options = null, string? by = null) => Host.Run(() => Runs.CancelAsync(id, options, by));

    public Gate GetGate(string workflow, string key = "k") => Host.Run(() => Runs.GetGateAsync(workflow, key));

    /// <summary>Runs until the run has ended.</summary>
    public Run End(string id, TimeSpan? limit = null)
    {
        Until(id, run => run.Status.IsTerminal(), limit ?? TimeSpan.FromDays(4));
        return Get(id);
    }

    /// <summary>Runs until the run is so; an orchestration that is supervised is none before its first turn.</summary>
    public void Until(string id, Func<Run, bool> condition, TimeSpan? limit = null) => Host.RunUntil(() => Peek(id) is Run run && condition(run), limit);

    public void UntilRunning(string id) => Host.RunUntil(() => Log.Running.Contains(id));

    /// <summary>The run as it is, without running anything.</summary>
    public Run Peek(string id)
    {
        OrchestrationMetadata? instance = Host.Client.GetInstanceAsync(id, getInputsAndOutputs: true).GetAwaiter().GetResult();
        return RunReader.Read(instance!)!;
    }

    public static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value);

    public void Dispose() => Host.Dispose();
}
