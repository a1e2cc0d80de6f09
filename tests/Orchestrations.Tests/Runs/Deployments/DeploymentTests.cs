using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Tests.Runs.Deployments;

/// <summary>Runs in flight while their app is deployed anew: what was decided when they were accepted, or when they called, stands.</summary>
public sealed class DeploymentTests : IDisposable
{
    private static readonly Deployment[] LaterDeployments =
    [
        new() { Workflow = static workflow => workflow.Concurrency("{input.code}", 1, ConcurrencyStrategy.Queue).Timeout("1 minute").Version("2") },
        new() { Workflow = static workflow => workflow.Name("renamed") },
        new() { Workflow = static workflow => workflow.Concurrency("{input.nothing}", 1, ConcurrencyStrategy.CancelNewest) },
        new() { Workflow = null },
    ];

    private readonly DeployedApp _app = new();

    public static TheoryData<int> Later => [.. Enumerable.Range(0, LaterDeployments.Length)];

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(Later))]
    public void A_parent_whose_child_is_defined_otherwise_waits_for_the_child_that_it_has_called(int later)
    {
        _app.Deploy(new Deployment { Workflow = static workflow => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue) });
        // The child itself ends before the app no longer has its workflow; its parent goes on.
        string parent = _app.Start(async run =>
        {
            string key = await run.CallWorkflowAsync<Defined, string>(new Script("ada", "x"));
            await run.DelayAsync("2 hours");
            return key;
        });
        _app.Host.Advance(TimeSpan.FromMinutes(90));
        _app.Deploy(LaterDeployments[later]);
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Succeeded, "ada", null), (ended.Status, ended.Output?.GetString(), ended.Error?.Message));
    }

    [Fact]
    public void A_child_keeps_the_rules_timeout_and_version_of_when_it_was_called()
    {
        string parent = _app.Start(run => run.CallWorkflowAsync<Defined, string>(new Script("ada", "x")));
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        _app.Deploy(LaterDeployments[0]);
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Succeeded, "no key"), (ended.Status, ended.Output?.GetString()));
        Run child = Assert.Single(_app.List("defined"));
        Assert.Equal((RunStatus.Succeeded, "1", parent), (child.Status, child.Version, child.ParentId));
    }

    [Fact]
    public void A_stop_reaches_a_child_that_would_have_another_id_now()
    {
        string parent = _app.Start(run => run.CallWorkflowAsync<Defined, string>(new Script("ada", "x")));
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        string child = Assert.Single(_app.List("defined")).Id;
        _app.Deploy(new Deployment { Workflow = static workflow => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.Queue) });
        _app.Cancel(parent);
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Cancelled, false), (ended.Status, ended.Stop!.Forced));
        Assert.Equal((RunStatus.Cancelled, StopReason.Parent), (_app.Get(child).Status, _app.Get(child).Stop!.Reason));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_that_was_refused_stays_refused(bool isDetached)
    {
        _app.Deploy(new Deployment { Workflow = static workflow => workflow.Concurrency("{input.nothing}", 1, ConcurrencyStrategy.Queue) });
        string parent = _app.Start(async run =>
        {
            Script input = new("ada", "x");
            InvalidRunException refused = await Assert.ThrowsAsync<InvalidRunException>(() =>
                isDetached ? run.StartWorkflowAsync<Defined>(input) : run.CallWorkflowAsync<Defined, string>(input));
            await run.DelayAsync("1 hour");
            return refused.Message;
        });
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        _app.Deploy(new Deployment());
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Succeeded, null), (ended.Status, ended.Error?.Message));
        Assert.Contains("nothing", ended.Output!.Value.GetString(), StringComparison.Ordinal);
        Assert.Empty(_app.List("defined"));
    }

    [Theory]
    [MemberData(nameof(Later))]
    public void A_run_that_was_started_for_another_keeps_its_id(int later)
    {
        string parent = _app.Start(async run =>
        {
            string first = await run.StartWorkflowAsync<Defined>(new Script("ada", "x"));
            await run.DelayAsync("2 hours");
            return first;
        });
        _app.Host.Advance(TimeSpan.FromMinutes(90));
        string started = Assert.Single(_app.List("defined")).Id;
        _app.Deploy(LaterDeployments[later]);
        Run ended = _app.End(parent);
        Assert.Equal((RunStatus.Succeeded, started), (ended.Status, ended.Output?.GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_that_a_deployment_adds_or_takes_away_stays_what_it_was_to_a_run_that_has_called_it(bool hasStep)
    {
        _app.Deploy(new Deployment { HasStep = hasStep });
        string id = _app.Start(async run =>
        {
            string result;
            try
            {
                result = await run.CallStepAsync<Added, string>("ran");
            }
            catch (StepFailedException exception)
            {
                result = exception.Message;
            }

            await run.DelayAsync("1 hour");
            return result;
        });
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        _app.Deploy(new Deployment { HasStep = !hasStep });
        Run ended = _app.End(id);
        Assert.Equal(RunStatus.Succeeded, ended.Status);
        Assert.Contains(hasStep ? "ran" : "no step named 'added'", ended.Output!.Value.GetString(), StringComparison.Ordinal);
    }

    public static TheoryData<int> LaterSupervised => [0, 1, 2];

    [Theory]
    [MemberData(nameof(LaterSupervised))]
    public void A_supervised_run_keeps_what_was_configured_when_it_was_accepted(int later)
    {
        _app.Deploy(new Deployment
        {
            Supervised = static workflow => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress).Timeout("2 hours").Version("7"),
        });
        string id = _app.StartSupervised();
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        _app.Deploy(later switch
        {
            0 => new Deployment { Supervised = static workflow => workflow.Timeout("1 minute") },
            1 => new Deployment
            {
                Supervised = static workflow => workflow.Name("other").Concurrency("{input.code}", 1, ConcurrencyStrategy.CancelNewest).EndWhen("weekdays"),
            },
            _ => new Deployment { Supervised = static _ => throw new InvalidOperationException("This deployment cannot configure it.") },
        });
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, "k", "7"), (ended.Status, ended.Output?.GetString(), ended.Version));
        _app.Host.Advance(TimeSpan.FromSeconds(1));
        GateState gate = _app.GetGate($"orchestrator:7:0:{RunId.HashKey("k")}");
        Assert.Equal((1, 0), (gate.LastToken, gate.Holders.Length));
    }

    [Fact]
    public void A_supervised_run_that_was_refused_stays_refused()
    {
        _app.Deploy(new Deployment { Supervised = static workflow => workflow.Concurrency("{input.nothing}", 1, ConcurrencyStrategy.Queue) });
        string id = _app.StartOrchestrator(static async context =>
        {
            InvalidRunException refused = await Assert.ThrowsAsync<InvalidRunException>(() => context.SuperviseAsync(
                workflow => DeployedApp.Current.Deployment.Supervised(workflow), static _ => Task.FromResult("accepted")));
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            return refused.Message;
        });
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        _app.Deploy(new Deployment());
        _app.Host.RunUntil(() => _app.Peek(id).IsCompleted, TimeSpan.FromDays(1));
        OrchestrationMetadata ended = _app.Peek(id);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Contains("nothing", ended.ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_supervised_orchestrator_that_continues_as_new_is_accepted_again_and_enters_its_gate_again()
    {
        Deployment first = new() { Supervised = static workflow => workflow.Concurrency("{input.key}", 1, ConcurrencyStrategy.CancelInProgress).Version("1") };
        _app.Deploy(first);
        string id = _app.StartOrchestrator(static context => context.SuperviseAsync(
            workflow => DeployedApp.Current.Deployment.Supervised(workflow),
            async run =>
            {
                Script input = context.GetInput<Script>()!;
                await run.DelayAsync("1 hour");
                if (input.Key.Length < 4)
                    context.ContinueAsNew(input with { Key = input.Key + "k" });
                return $"{input.Key} {run.FencingToken}";
            }));
        _app.Host.Advance(TimeSpan.FromMinutes(90));
        // The third generation enters a gate of another version; the second keeps what it was accepted with.
        _app.Deploy(first with
        {
            Supervised = static workflow => workflow.Concurrency("fixed", 1, ConcurrencyStrategy.CancelInProgress).Version("2"),
        });
        Assert.Equal("1", _app.Get(id).Version);
        Run ended = _app.End(id);
        Assert.Equal((RunStatus.Succeeded, "kkkk 2", "2"), (ended.Status, ended.Output?.GetString(), ended.Version));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_of_a_protocol_that_this_code_does_not_know_fails_with_a_sentence(bool hasBegun)
    {
        _app.Deploy(new Deployment { IsNewer = hasBegun });
        RunRequest request = new() { Workflow = "defined", Version = "1", QueuedAt = _app.Host.Now, Protocol = RunProtocol.Newest + 1, Input = TestApp.Json(new Script("k", "x")) };
        string id = _app.Host.Run(() => _app.Host.Client.ScheduleNewOrchestrationInstanceAsync(
            PreemptFunctions.Run, request, new StartOrchestrationOptions("defined:-:1")));
        _app.Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(hasBegun ? RunStatus.Running : RunStatus.Failed, _app.Get(id).Status);
        _app.Deploy(new Deployment());
        Run ended = _app.End(id);
        Assert.Equal(RunStatus.Failed, ended.Status);
        Assert.StartsWith($"The run was accepted at version {RunProtocol.Newest + 1} of the run protocol", ended.Error!.Message, StringComparison.Ordinal);
    }
}
