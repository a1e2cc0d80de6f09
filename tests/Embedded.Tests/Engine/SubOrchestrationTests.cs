using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Sub-orchestrations.</summary>
public abstract class SubOrchestrationTests(bool replays) : EngineFacts(replays)
{
    [Fact]
    public void A_sub_orchestration_gets_its_input_and_returns_its_output()
    {
        App.Scripts.Child = static async context => await context.CallActivityAsync<string>("Work", context.GetInput<string>() + "!");

        OrchestrationMetadata ended = App.Run(async context => await context.CallSubOrchestratorAsync<string>("Child", "hello"));

        Assert.Equal("hello!", ended.ReadOutputAs<string>());
    }

    [Fact]
    public void A_sub_orchestration_knows_its_parent_and_has_the_id_that_it_was_given()
    {
        App.Scripts.Child = static context =>
            Task.FromResult<object?>($"{context.InstanceId} of {context.Parent!.Name} {context.Parent.InstanceId}");
        App.Scripts.Main = static async context =>
            await context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "child"));

        Assert.Equal("child of Main parent", App.Output<string>(App.Start("parent")));
        Assert.True(App.Get("child").IsCompleted);
    }

    [Fact]
    public void A_sub_orchestrations_failure_carries_its_causes()
    {
        App.Scripts.Work = static (_, _, _) => throw new TimeoutException("too slow");
        App.Scripts.Child = static async context => await context.CallActivityAsync<string>("Work", "x");
        OrchestrationMetadata ended = App.Run(async context =>
        {
            try
            {
                return await context.CallSubOrchestratorAsync<string>("Child");
            }
            catch (TaskFailedException exception)
            {
                return $"{exception.TaskName}: {exception.FailureDetails.IsCausedBy<TaskFailedException>()}, "
                    + $"{exception.FailureDetails.InnerFailure!.ErrorMessage}";
            }
        });

        Assert.Equal("Child: True, too slow", ended.ReadOutputAs<string>());
    }

    [Fact]
    public void A_terminated_sub_orchestration_fails_its_parents_task()
    {
        App.Scripts.Child = static async context => await context.WaitForExternalEvent<string>("never");
        string id = App.Start(async context =>
        {
            try
            {
                return await context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "child"));
            }
            catch (TaskFailedException exception)
            {
                return exception.FailureDetails.IsCausedBy<OperationCanceledException>();
            }
        });
        App.Settle();

        App.Terminate("child");

        Assert.True(App.Output<bool>(id));
    }

    [Fact]
    public void A_sub_orchestration_whose_id_is_taken_fails_at_once_and_leaves_the_other_alone()
    {
        App.Scripts.Child = static async context => await context.WaitForExternalEvent<string>("end");
        App.Start(name: "Child", options: new StartOrchestrationOptions("taken"));

        OrchestrationMetadata ended = App.Run(async context =>
            await context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "taken")));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains("'taken'", ended.FailureDetails!.InnerFailure!.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Running, App.Get("taken").RuntimeStatus);
    }

    [Fact]
    public void A_sub_orchestration_may_not_have_an_id_that_no_instance_may_have()
    {
        OrchestrationMetadata ended = App.Run(async context =>
            await context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "@no")));

        Assert.True(ended.FailureDetails!.IsCausedBy<ArgumentException>());
    }

    [Fact]
    public void A_sub_orchestration_that_continues_as_new_answers_when_it_ends()
    {
        App.Scripts.Child = static context =>
        {
            int round = context.GetInput<int>();
            if (round < 3)
                context.ContinueAsNew(round + 1);
            return Task.FromResult<object?>($"round {round}");
        };

        OrchestrationMetadata ended = App.Run(async context => await context.CallSubOrchestratorAsync<string>("Child", 0));

        Assert.Equal("round 3", ended.ReadOutputAs<string>());
    }

    [Fact]
    public void Sub_orchestrations_nest_deeply_and_their_guids_differ()
    {
        App.Scripts.Child = static async context =>
        {
            int depth = context.GetInput<int>();
            string below = depth == 0 ? "" : await context.CallSubOrchestratorAsync<string>("Child", depth - 1);
            return $"{context.NewGuid()} {below}";
        };

        OrchestrationMetadata ended = App.Run(async context => await context.CallSubOrchestratorAsync<string>("Child", 30));

        Assert.Equal(31, ended.ReadOutputAs<string>()!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
    }
}

public sealed class ReplayedSubOrchestrationTests() : SubOrchestrationTests(replays: true);

public sealed class StickySubOrchestrationTests() : SubOrchestrationTests(replays: false);
