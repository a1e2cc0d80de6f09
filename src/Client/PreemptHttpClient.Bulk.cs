using System.Collections.Immutable;

namespace Preempt.Client;

// What is done with many runs, and with those that have ended.
public sealed partial class PreemptHttpClient
{
    /// <summary>
    /// Starts a new run with the input, the key, the metadata and the priority of a run that has ended. With an idempotency key, a repeated
    /// call returns the first call's run.
    /// </summary>
    /// <param name="id">The run that has ended.</param>
    /// <param name="idempotencyKey">1 to 255 printable ASCII characters; null to start a new run each time.</param>
    /// <param name="cancellationToken">Cancels the call; the run may have been accepted anyway.</param>
    /// <returns>The new run, and whether it was started now.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="UnknownWorkflowException">Its workflow no longer exists.</exception>
    /// <exception cref="InvalidRunException">The workflow no longer accepts the input.</exception>
    /// <exception cref="RunConflictException">The run has not ended.</exception>
    public Task<(Run Run, bool IsNew)> ReplayAsync(
        string id, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _calls.PostOnceAsync<Run>(OfRun(id) + "/replay", new ReplayRequest(), CheckIdempotencyKey(idempotencyKey), cancellationToken);

    /// <summary>Explains the state of a run in words: why it is so, what the run waits for, and what comes next.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The explanation.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public Task<RunExplanation> ExplainAsync(string id, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<RunExplanation>(OfRun(id) + "/explain", cancellationToken);

    /// <summary>Asks many runs to stop. The operation goes on by itself. Needs the admin key.</summary>
    /// <param name="request">The runs, and the reason.</param>
    /// <param name="idempotencyKey">1 to 255 printable ASCII characters; a repeated call with the same key returns the first call's operation.</param>
    /// <param name="cancellationToken">Cancels the call; the operation may have been accepted anyway.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="InvalidRunException">Something in the request is not allowed.</exception>
    public async Task<Operation> BulkCancelAsync(
        BulkRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _calls.PostOnceAsync<Operation>(
            "runs/bulk-cancel", request, KeyOrNew(idempotencyKey), cancellationToken)).Value;

    /// <summary>Replays many runs: starts new runs with their inputs. The operation goes on by itself. Needs the admin key.</summary>
    /// <param name="request">The runs.</param>
    /// <param name="idempotencyKey">1 to 255 printable ASCII characters; a repeated call with the same key returns the first call's operation.</param>
    /// <param name="cancellationToken">Cancels the call; the operation may have been accepted anyway.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="InvalidRunException">Something in the request is not allowed.</exception>
    public async Task<Operation> BulkReplayAsync(
        BulkRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _calls.PostOnceAsync<Operation>(
            "runs/bulk-replay", request, KeyOrNew(idempotencyKey), cancellationToken)).Value;

    /// <summary>Reads an operation.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="UnknownOperationException">There is no such operation.</exception>
    public Task<Operation> GetOperationAsync(string id, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Operation>($"operations/{ApiPath.Segment(id, "operation id")}", cancellationToken);

    /// <summary>
    /// Stops an operation. Work already done stays done, and the runs in progress, 400 at most, may still be finished. An operation that has ended
    /// is not changed. Needs the admin key.
    /// </summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">Cancels the call; the operation may be stopped anyway.</param>
    /// <returns>The operation; it may take a moment until it is <see cref="OperationStatus.Stopped"/>.</returns>
    /// <exception cref="UnknownOperationException">There is no such operation.</exception>
    public Task<Operation> StopOperationAsync(string id, CancellationToken cancellationToken = default) =>
        _calls.PostAsync<Operation>($"operations/{ApiPath.Segment(id, "operation id")}/stop", new Nothing(), cancellationToken);

    /// <summary>Lists the operations of the last 7 days, the newest first.</summary>
    /// <param name="limit">How many at most, 1 to 200; the app has a default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The operations.</returns>
    /// <exception cref="InvalidRunException">The limit is not allowed.</exception>
    public async Task<ImmutableArray<Operation>> ListOperationsAsync(int? limit = null, CancellationToken cancellationToken = default) =>
        (await _calls.GetAsync<Page<Operation>>(new ApiPath("operations").With("limit", limit).ToString(), cancellationToken)).Items;

    private static string? CheckIdempotencyKey(string? key)
    {
        const int MaxLength = 255;
        return key is null || (key.Length is > 0 and <= MaxLength && key.All(character => character is >= ' ' and <= '~'))
            ? key
            : throw new InvalidRunException($"Idempotency-Key: 1 to {MaxLength} printable ASCII characters are allowed.");
    }
}
