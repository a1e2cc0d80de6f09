using Microsoft.DurableTask;

namespace Preempt.Tests.Runs;

/// <summary>How a run can begin.</summary>
public enum Origin
{
    /// <summary>A caller starts it.</summary>
    Started,

    /// <summary>It is started again with the request of one that has ended.</summary>
    Replayed,

    /// <summary>Another run calls it, and waits.</summary>
    Child,

    /// <summary>It is an orchestrator of the app's own, under a supervisor.</summary>
    Supervised,
}

/// <summary>Begins runs of a test's code in each of these ways.</summary>
/// <param name="app">The app.</param>
/// <param name="origin">The way.</param>
/// <param name="workflow">The workflow, or the function of a supervised orchestrator.</param>
internal sealed class BeginningRun(TestApp app, Origin origin, string workflow)
{
    private int _count;

    public string Workflow => workflow;

    /// <summary>The run that has called a child.</summary>
    public string? Parent { get; private set; }

    /// <summary>Begins the run.</summary>
    /// <param name="code">The workflow's code.</param>
    /// <param name="key">Its key.</param>
    /// <param name="options">Its timeouts.</param>
    /// <returns>Its id, whose part before the last colon is the same for all of a workflow and key.</returns>
    public string Start(Func<RunContext, Task<string>> code, string key, StartOptions options)
    {
        string name = $"{Guid.NewGuid():N}";
        ScriptedWorkflow.Codes[name] = code;
        string id = NewId(key);
        switch (origin)
        {
            case Origin.Child:
                StartOptions child = options with { RunId = id };
                Parent = app.Start("ungated", run => CallAsync(run, new Script(key, name), child));
                app.Host.RunUntil(() => app.Host.Client.GetInstanceAsync(id).Result is not null);
                return id;
            case Origin.Replayed:
                return Replay(name, key, options);
            case Origin.Supervised:
                return Supervise(id, new SupervisedScript(key, name, Given(options.Timeout), Given(options.ScheduleTimeout)));
            default:
                return app.Host.Run(() => app.Runs.StartAsync(workflow, new Script(key, name), options)).Id;
        }
    }

    /// <summary>Starts a run beside it.</summary>
    public string StartAnother(Func<RunContext, Task<string>> code, string key)
    {
        if (origin != Origin.Supervised)
            return app.Start(workflow, code, key);
        string name = $"{Guid.NewGuid():N}";
        ScriptedWorkflow.Codes[name] = code;
        return Supervise(NewId(key), new SupervisedScript(key, name));
    }

    /// <summary>The workflow's gate; null of a supervised orchestrator, whose rules only its code knows.</summary>
    public Gate? FindGate(string key) => origin == Origin.Supervised ? null : app.GetGate(workflow, key);

    private string NewId(string key) => $"{workflow}:{key}:{++_count}";

    private static string? Given(Duration? duration) => duration is { IsNever: false } given ? given.ToString() : null;

    private Task<string> CallAsync(RunContext run, Script script, StartOptions options) => workflow switch
    {
        "stoppable-at-two-gates" => run.CallWorkflowAsync<StoppableAtTwoGates, string>(script, options),
        "stoppable-at-step-gate" => run.CallWorkflowAsync<StoppableAtStepGate, string>(script, options),
        "in-short-line" => run.CallWorkflowAsync<InShortLine, string>(script, options),
        _ => run.CallWorkflowAsync<Stoppable, string>(script, options),
    };

    /// <summary>The first one is stopped before it begins.</summary>
    private string Replay(string name, string key, StartOptions options)
    {
        Run first = app.Host.Run(async () =>
        {
            Run started = await app.Runs.StartAsync(workflow, new Script(key, name), options);
            return await app.Runs.CancelAsync(started.Id, new CancelOptions("to be replayed"));
        });
        app.End(first.Id);
        return app.Host.Run(() => app.Runs.ReplayAsync(first.Id)).Run.Id;
    }

    private string Supervise(string id, SupervisedScript script) => app.Host.Run(
        () => app.Host.Client.ScheduleNewOrchestrationInstanceAsync(workflow, script, new StartOrchestrationOptions(id)));
}
