namespace Preempt;

public sealed partial class RunClient
{
    /// <summary>Starts a bulk operation. When the task completes it is accepted, and will go through its runs.</summary>
    /// <param name="kind">What to do with each run: <see cref="BulkKind.Cancel"/> or <see cref="BulkKind.Replay"/>.</param>
    /// <param name="request">The runs.</param>
    /// <param name="idempotencyKey">1 to 255 characters; a repeated call with the same key returns the first call's operation.</param>
    /// <param name="cancellationToken">Cancels the call; the operation may have been accepted anyway.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="InvalidRunException">Something in the request is not allowed.</exception>
    public Task<Operation> StartBulkAsync(
        BulkKind kind, BulkRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _bulk.StartAsync(kind, request, idempotencyKey, cancellationToken);

    /// <summary>Reads a bulk operation.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="UnknownOperationException">There is no such operation.</exception>
    public Task<Operation> GetOperationAsync(string id, CancellationToken cancellationToken = default) => _bulk.GetAsync(id, cancellationToken);

    /// <summary>
    /// Stops a bulk operation. Work already done stays done, and the runs in progress, 400 at most, may still be finished. An operation that has
    /// ended is not changed.
    /// </summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">Cancels the call; the operation may be stopped anyway.</param>
    /// <returns>The operation; it may take a moment until it is <see cref="OperationStatus.Stopped"/>.</returns>
    /// <exception cref="UnknownOperationException">There is no such operation.</exception>
    public Task<Operation> StopOperationAsync(string id, CancellationToken cancellationToken = default) => _bulk.StopAsync(id, cancellationToken);
}
