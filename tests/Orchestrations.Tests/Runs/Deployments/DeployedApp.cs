using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Durable;
using Preempt.Testing;

namespace Preempt.Tests.Runs.Deployments;

/// <summary>One deployment of an app: how it defines its workflows, and what it knows.</summary>
public sealed record Deployment
{
    /// <summary>How <see cref="Defined"/> is defined; null where the app has no such workflow.</summary>
    public Action<WorkflowBuilder>? Workflow { get; init; } = static workflow => workflow.Timeout("1 day");

    /// <summary>What the supervised orchestrator configures.</summary>
    public Action<WorkflowBuilder> Supervised { get; init; } = static workflow => workflow.Timeout("1 day");

    /// <summary>Whether the app has the step <see cref="Added"/>.</summary>
    public bool HasStep { get; init; } = true;

    /// <summary>Whether it knows a version of the run protocol that this code does not.</summary>
    public bool IsNewer { get; init; }
}

/// <summary>A workflow that each deployment defines in its own way. It waits an hour.</summary>
public sealed class Defined : Workflow<Script, string>
{
    public override void Configure(WorkflowBuilder workflow) => DeployedApp.Current.Deployment.Workflow!(workflow);

    public override async Task<string> RunAsync(RunContext run, Script input)
    {
        await run.DelayAsync("1 hour");
        return run.Key ?? "no key";
    }
}

/// <summary>A workflow that all deployments have; its code is a test's own.</summary>
public sealed class Caller : ScriptedWorkflow
{
    public override void Configure(WorkflowBuilder workflow) => workflow.Timeout("3 days").Grace("10 minutes");
}

/// <summary>A step that not all deployments have.</summary>
public sealed class Added : Step<string, string>
{
    public override Task<string> RunAsync(StepContext step, string input) => Task.FromResult(input);
}

/// <summary>The functions of the app: those of Preempt that a newer release would have otherwise, and a supervised orchestrator.</summary>
public static class DeployedFunctions
{
    public static readonly ConcurrentDictionary<string, Func<TaskOrchestrationContext, Task<string>>> Codes = new();

    [Function(PreemptFunctions.Run)]
    public static async Task<object> Run([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function)
    {
        WorkflowRegistry registry = function.InstanceServices.GetRequiredService<WorkflowRegistry>();
        if (!DeployedApp.Current.Deployment.IsNewer)
            return await WorkflowRunner.RunAsync(context, registry);
        RunRequest request = context.GetInput<RunRequest>()!;
        return await new RunSupervisor(context, request, registry.Get(request.Workflow).Create(), registry).RunAsync();
    }

    [Function(PreemptFunctions.StartRun)]
    public static Task<object> StartRun([ActivityTrigger] JsonElement decision, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        RunFunctions.StartRun(decision, client, function);

    [Function(PreemptFunctions.HandOff)]
    public static Task HandOff([OrchestrationTrigger] TaskOrchestrationContext context) => RunFunctions.HandOff(context);

    [Function(nameof(Orchestrator))]
    public static Task<string> Orchestrator([OrchestrationTrigger] TaskOrchestrationContext context) => Codes[context.GetInput<Script>()!.Code](context);
}

/// <summary>An app that is deployed again while its runs are in flight. Its host replays all code at every turn.</summary>
public sealed class DeployedApp : IDisposable
{
    private static readonly AsyncLocal<DeployedApp?> CurrentApp = new();

    public DeployedApp()
    {
        CurrentApp.Value = this;
        DurableTestHostOptions options = new()
        {
            ConfigureServices = services => services.AddPreempt(new ConfigurationBuilder().Build(), preempt =>
            {
                preempt.AddWorkflow<Caller>();
                if (Deployment.Workflow is not null)
                    preempt.AddWorkflow<Defined>();
                if (Deployment.HasStep)
                    preempt.AddStep<Added>();
            }),
        };
        foreach (Type type in PreemptFunctions.Types.Except([typeof(RunFunctions)]))
            options.FunctionTypes.Add(type);
        options.FunctionTypes.Add(typeof(DeployedFunctions));
        Host = new DurableTestHost(options);
    }

    /// <summary>The app of the test that runs.</summary>
    public static DeployedApp Current => CurrentApp.Value!;

    public DurableTestHost Host { get; }

    public Deployment Deployment { get; private set; } = new();

    private RunClient Runs => Host.Services.GetRequiredService<RunClients>().With(Host.Client);

    /// <summary>Deploys the app anew; runs go on under it.</summary>
    public void Deploy(Deployment next)
    {
        Deployment = next;
        Host.Restart();
    }

    public string Start(Func<RunContext, Task<string>> code) => Start("caller", code);

    private string Start(string workflow, Func<RunContext, Task<string>> code)
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = code;
        return Host.Run(() => Runs.StartAsync(workflow, new Script("k", name))).Id;
    }

    /// <summary>Starts an orchestrator of the app's own.</summary>
    public string StartOrchestrator(Func<TaskOrchestrationContext, Task<string>> code)
    {
        string name = Guid.NewGuid().ToString("N");
        DeployedFunctions.Codes[name] = code;
        return Host.Run(() => Host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(DeployedFunctions.Orchestrator), new Script("k", name)));
    }

    /// <summary>Starts an orchestrator of the app's own that waits an hour under a supervisor, as the deployment configures it.</summary>
    public string StartSupervised() => StartOrchestrator(static context => context.SuperviseAsync(
        workflow => Current.Deployment.Supervised(workflow),
        async run =>
        {
            await run.DelayAsync("1 hour");
            return run.Key ?? "no key";
        }));

    public Run Get(string id) => Host.Run(() => Runs.GetAsync(id));

    public void Cancel(string id) => Host.Run(() => Runs.CancelAsync(id));

    /// <summary>What the gate of a supervised orchestrator has in its books.</summary>
    internal GateState GetGate(string entityKey) =>
        Host.Run(() => Host.Client.Entities.GetEntityAsync<GateState>(new EntityInstanceId(PreemptFunctions.Gate, entityKey)))!.State;

    public IReadOnlyList<Run> List(string workflow) => Host.Run(() => Runs.ListAsync(new RunFilter { Workflow = workflow })).Items;

    public Run End(string id)
    {
        Host.RunUntil(() => Peek(id) is { IsCompleted: true }, TimeSpan.FromDays(4));
        return Get(id);
    }

    public OrchestrationMetadata Peek(string id) => Host.Client.GetInstanceAsync(id, getInputsAndOutputs: true).GetAwaiter().GetResult()!;

    public void Dispose()
    {
        Host.Dispose();
        CurrentApp.Value = null;
    }
}
