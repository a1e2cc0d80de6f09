using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Preempt.FunctionsHost.Http;
using Preempt.FunctionsHost.Jobs;
using Preempt.FunctionsHost.Protocol;
using Preempt.FunctionsHost.Worker;

namespace Preempt.FunctionsHost.Invocations;

/// <summary>Turns a call of WebJobs into an invocation of the worker, and the worker's answer into what WebJobs expects.</summary>
/// <param name="turnDelay">How much longer each turn of an orchestration or an entity takes: an engine as slow as a test wants it.</param>
/// <param name="death">Kills the host where a test wants it; null where it is to live.</param>
internal sealed class FunctionDispatcher(
    WorkerSupervisor workers, HttpForwarder forwarder, IEnumerable<WorkerFunction> functions, TimeSpan turnDelay, SuddenDeath? death)
{
    private readonly FrozenDictionary<string, WorkerFunction> _functions = functions.ToFrozenDictionary(function => function.Name);
    private int _running;

    /// <summary>How many invocations have no answer yet.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Runs a function.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="trigger">What triggered it.</param>
    /// <param name="binder">Makes its other inputs.</param>
    /// <param name="stop">Fires when the host stops.</param>
    /// <returns>What it returned.</returns>
    /// <exception cref="InvocationFailedException">It threw.</exception>
    /// <exception cref="WorkerProcessExitException">Its worker died.</exception>
    /// <exception cref="OperationCanceledException">It gave in to the host's stop.</exception>
    public async Task<object> RunAsync(string name, object trigger, Binder binder, CancellationToken stop)
    {
        Interlocked.Increment(ref _running);
        try
        {
            WorkerFunction function = _functions[name];
            if (turnDelay > TimeSpan.Zero && function.Trigger.Type is ("orchestrationTrigger" or "entityTrigger"))
                await Task.Delay(turnDelay, stop);
            WorkerConnection worker = await workers.GetAsync(stop);
            InvocationRequest request = await DescribeAsync(function, trigger, binder, stop);
            Task<InvocationResponse> answer = worker.InvokeAsync(request, stop);
            if (trigger is HttpContext http)
                await Task.WhenAll(forwarder.ForwardAsync(http, worker.HttpAddress, request.InvocationId), answer);
            InvocationResponse response = await answer;
            death?.SeeAnswer(name);
            return ReturnValue.Read(response);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private static async Task<InvocationRequest> DescribeAsync(WorkerFunction function, object trigger, Binder binder, CancellationToken stop)
    {
        InvocationRequest request = new()
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = function.Id,
            InputData = { new ParameterBinding { Name = function.Trigger.Name, Data = TriggerValues.OfTrigger(trigger) } },
            TraceContext = new()
            {
                TraceParent = Activity.Current?.Id ?? "",
                TraceState = Activity.Current?.TraceStateString ?? "",
            },
        };
        foreach ((string key, TypedData value) in trigger is HttpContext http ? TriggerValues.OfRequest(http.Request) : TriggerValues.OfMessage(trigger, binder))
            request.TriggerMetadata[key] = value;
        foreach (Binding client in function.Clients)
        {
            DurableClientAttribute attribute = BindingAttribute.Make<DurableClientAttribute>(client);
            string json = await binder.BindAsync<string>(attribute, stop);
            request.InputData.Add(new ParameterBinding { Name = client.Name, Data = new() { String = json } });
        }

        return request;
    }
}
