using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

public sealed partial class RunClient
{

    /// <summary>Starts a bulk operation. When the task completes it is accepted, and will go through its runs.</summary>
    /// <param name="kind">What to do with each run.</param>
    /// <param name="request">With which runs.</param>
    /// <param name="cancellationToken">Gives up the call; the operation may have been accepted all the same.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="InvalidRunException">Something in the request is not allowed.</exception>
    public async Task<Operation> StartBulkAsync(BulkKind kind, BulkRequest request, CancellationToken cancellationToken = default)
    {
        // Later than every run that this process has accepted, also where the clock stands still.
        DateTimeOffset now = _app.Clock.Next();
        request = BulkRules.Check(kind, request, now);
        string id = $"{BulkOperation.InstancePrefix}{Guid.CreateVersion7(now):N}";
        BulkState state = new(request with { Reason = Excerpt.Shorten(request.Reason, StopRequest.MaxMessageLength) }, now)
        {
            Kind = kind,
        };
        await _client.ScheduleNewOrchestrationInstanceAsync(PreemptFunctions.Bulk, state, new StartOrchestrationOptions(id), cancellationToken);
        return await GetOperationAsync(id, cancellationToken);
    }

    /// <summary>Finds a bulk operation.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="UnknownOperationException">There is no such operation.</exception>
    public async Task<Operation> GetOperationAsync(string id, CancellationToken cancellationToken = default)
    {
        OrchestrationMetadata? instance = RunId.Validate(id) is null
            ? await _client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken)
            : null;
        return instance is not null && OperationReader.Read(instance) is { } operation ? operation : throw new UnknownOperationException(id);
    }
}
