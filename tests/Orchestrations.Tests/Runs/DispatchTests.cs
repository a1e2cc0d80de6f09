using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Tests.Runs;

/// <summary>A step that the test app has not registered.</summary>
public sealed class Stranger : Step<string, string>
{
    public override Task<string> RunAsync(StepContext step, string input) => Task.FromResult(input);
}

/// <summary>A workflow that the test app has not registered.</summary>
public sealed class StrangeWorkflow : Workflow<string, string>
{
    public override Task<string> RunAsync(RunContext run, string input) => Task.FromResult(input);
}

/// <summary>How the one orchestration and the one activity find the workflow and the step, and what an instance says of them to other tools.</summary>
public sealed class DispatchTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    private OrchestrationMetadata Instance(string id) => _app.Host.Run(() => _app.Host.Client.GetInstanceAsync(id))!;

    private Run EndSupervised(string function)
    {
        string id = _app.Host.Run(() => _app.Host.Client.ScheduleNewOrchestrationInstanceAsync(
            function, null, new StartOrchestrationOptions("supervised:-:1")));
        _app.Host.RunUntil(() => Instance(id).IsCompleted);
        return _app.Get(id);
    }

    [Fact]
    public void Every_run_is_an_instance_of_one_orchestration_and_tagged_with_what_it_is()
    {
        OrchestrationMetadata instance = Instance(_app.Start("one-run", new Work(1), key: "ada"));
        Assert.Equal(PreemptFunctions.Run, instance.Name);
        Assert.Equal(
            new Dictionary<string, string> { ["preempt.workflow"] = "one-run", ["preempt.version"] = "1", ["preempt.key"] = "ada" },
            instance.Tags.ToDictionary());
    }

    [Fact]
    public void A_run_without_a_key_has_no_tag_of_it() =>
        Assert.DoesNotContain("preempt.key", Instance(_app.Start("ungated", new Work(1))).Tags.Keys);

    [Fact]
    public void A_long_key_is_cut_in_its_tag()
    {
        OrchestrationMetadata instance = Instance(_app.Start("one-run", new Work(1), key: new string('k', 512)));
        Assert.Equal(new string('k', 100), instance.Tags["preempt.key"]);
    }

    [Fact]
    public void A_step_that_is_not_registered_fails_the_call_with_what_to_do()
    {
        Run ended = _app.End(_app.Start("ungated", run => run.CallStepAsync<Stranger, string>("x")));
        Assert.Equal(RunStatus.Failed, ended.Status);
        Assert.Equal(
            $"This app has no step named 'stranger' of class '{typeof(Stranger)}': "
                + "register it with AddStep, or its assembly with AddWorkflowsFrom.",
            ended.Error!.Message);
    }

    [Fact]
    public void A_workflow_that_is_not_registered_fails_the_call_with_what_to_do()
    {
        Run ended = _app.End(_app.Start("ungated", run => run.CallWorkflowAsync<StrangeWorkflow, string>("x")));
        Assert.Equal(RunStatus.Failed, ended.Status);
        Assert.Equal(
            $"Workflow class '{typeof(StrangeWorkflow)}' is not registered: add it with AddWorkflow<StrangeWorkflow>(), or its assembly with AddWorkflowsFrom.",
            ended.Error!.Message);
    }

    [Fact]
    public void A_supervised_orchestrator_calls_steps_of_the_app()
    {
        Run ended = EndSupervised("LegacyStep");
        Assert.Equal((RunStatus.Succeeded, null, "done"), (ended.Status, ended.Error?.Message, ended.Output?.GetString()));
    }

    [Fact]
    public void A_supervised_orchestrator_that_calls_a_step_that_is_not_registered_fails_with_its_name()
    {
        Run ended = EndSupervised("LegacyStranger");
        Assert.Equal(RunStatus.Failed, ended.Status);
        Assert.Contains("no step named 'stranger'", ended.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_whose_workflow_has_gone_fails_with_its_name()
    {
        RunRequest request = new() { Workflow = "gone", Version = "1", QueuedAt = _app.Host.Now };
        string id = _app.Host.Run(() => _app.Host.Client.ScheduleNewOrchestrationInstanceAsync(
            PreemptFunctions.Run, request, new StartOrchestrationOptions("gone:-:1")));
        _app.Host.RunUntil(() => Instance(id).IsCompleted);
        Run ended = _app.Get(id);
        Assert.Equal(RunStatus.Failed, ended.Status);
        Assert.Contains("no workflow named 'gone'", ended.Error!.Message, StringComparison.Ordinal);
    }
}
