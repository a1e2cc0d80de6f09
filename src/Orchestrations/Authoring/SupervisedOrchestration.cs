using System.Text.Json;
using Microsoft.DurableTask;

namespace Preempt;

/// <summary>Supervises orchestrators that were written without Preempt.</summary>
public static class SupervisedOrchestration
{
    /// <summary>
    /// Runs an orchestrator's code with concurrency rules, a stop that it can observe, timeouts and an end by force. Callers that start the
    /// orchestration and read its output need not change: its input, its output and its failure stay the same. Only an
    /// orchestration that is stopped ends differently: it fails with a <see cref="RunStoppedException"/>, or is terminated when its
    /// grace is over. Its custom status is the run's record, so the code must not set one.
    /// </summary>
    /// <typeparam name="TOutput">What the orchestration returns.</typeparam>
    /// <param name="context">The orchestration. Its id must be a valid run id, see <see cref="RunId.Validate"/>.</param>
    /// <param name="configure">
    /// Sets the name, limits and rules of runs, as a workflow's <see cref="Workflow.Configure"/> does. Called only in the first turn, and again when
    /// the orchestrator continues as new: a deployment that changes it does not change a run in flight.
    /// </param>
    /// <param name="code">The orchestrator's code. It can still use the context; activities that it calls there are not told to stop.</param>
    /// <param name="options">The app's settings; null for the defaults.</param>
    /// <returns>The code's output.</returns>
    /// <exception cref="InvalidRunException">The input lacks a value of a concurrency key, or the id is not valid.</exception>
    /// <exception cref="InvalidOperationException">The configuration is not valid, or this code does not know the run's version of the protocol.</exception>
    /// <exception cref="RunStoppedException">The run was stopped, and its code did not catch the exception.</exception>
    /// <example>
    /// <code>
    /// [Function(nameof(ProcessOrder))]
    /// public static Task&lt;string&gt; ProcessOrder([OrchestrationTrigger] TaskOrchestrationContext context) => context.SuperviseAsync(
    ///     workflow => workflow.Concurrency("{input.customerId}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress),
    ///     async run =>
    ///     {
    ///         Order order = context.GetInput&lt;Order&gt;()!;
    ///         string receipt = await context.CallActivityAsync&lt;string&gt;("Charge", order);
    ///         run.CancellationToken.ThrowIfCancellationRequested();
    ///         return receipt;
    ///     });
    /// </code>
    /// </example>
    public static async Task<TOutput> SuperviseAsync<TOutput>(
        this TaskOrchestrationContext context,
        Action<WorkflowBuilder> configure,
        Func<RunContext, Task<TOutput>> code,
        PreemptOptions? options = null)
    {
        if (RunId.Validate(context.InstanceId) is { } error)
            throw new InvalidRunException(error);
        options ??= new PreemptOptions();
        SupervisedWorkflow<TOutput> workflow = new(code);
        RunRequest request = await AcceptAsync(context, () => WorkflowBuilder.Build(context.Name.Name, configure, () => workflow, options, SharedRules.None));
        RunOutcome outcome = await new RunSupervisor(context, request, workflow, new WorkflowRegistry([], new StepRegistry([]), options)).RunAsync();
        context.SetCustomStatus(outcome.Record);
        if (workflow.Failure is { } failure && outcome.Record.Status == RunStatus.Failed)
            failure.Throw();
        return outcome.Record.Status == RunStatus.Succeeded ? workflow.Output! : throw new RunStoppedException(outcome.Record);
    }

    /// <summary>Makes the run's request as an app's client makes that of a workflow: once, by what is configured then.</summary>
    private static async Task<RunRequest> AcceptAsync(TaskOrchestrationContext context, Func<RegisteredWorkflow> configure)
    {
        JsonElement? input = context.GetInput<JsonElement?>();
        RunRequest request = await new DecisionLog(context).DecideAsync(() =>
        {
            RunRequest accepted = RunStart.MakeRequest(
                configure(), input, new StartOptions(), new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero));
            // Readers see a run from its first turn on.
            context.SetCustomStatus(new RunRecord { Supervised = SupervisedRun.Of(accepted with { IsSupervised = true }) });
            return accepted with { Input = null };
        });
        return RunProtocol.Refusal(request.Protocol) is { } refusal
            ? throw new InvalidOperationException(refusal)
            : request with { Input = input, IsSupervised = true };
    }
}
