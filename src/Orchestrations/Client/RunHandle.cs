namespace Preempt;

/// <summary>One run, to watch and to stop it: the calls of <see cref="RunClient"/> for this run.</summary>
public sealed class RunHandle
{
    private readonly RunClient _client;

    internal RunHandle(RunClient client, string id)
    {
        _client = client;
        Id = id;
    }

    /// <summary>The run's id.</summary>
    public string Id { get; }

    /// <inheritdoc cref="RunClient.GetAsync" />
    public Task<Run> GetAsync(CancellationToken cancellationToken = default) => _client.GetAsync(Id, cancellationToken);

    /// <summary>The run's status.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its status.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public async Task<RunStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        (await _client.GetAsync(Id, cancellationToken)).Status;

    /// <summary>Waits until the run has ended.</summary>
    /// <param name="timeout">How long to wait at most; "never" for no limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The run, ended.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="TimeoutException">It has not ended in time.</exception>
    public async Task<Run> WaitAsync(Duration timeout, CancellationToken cancellationToken = default)
    {
        Run run = await _client.WaitAsync(Id, timeout.IsNever ? Timeout.InfiniteTimeSpan : timeout.Value, cancellationToken);
        return run.Status.IsTerminal() ? run : throw new TimeoutException($"Run \"{Id}\" has not ended within {timeout}: it is {run.Status}.");
    }

    /// <inheritdoc cref="RunClient.CancelAsync" />
    public Task<Run> CancelAsync(CancelOptions? options = null, string? by = null, CancellationToken cancellationToken = default) =>
        _client.CancelAsync(Id, options, by, cancellationToken);

    /// <inheritdoc cref="RunClient.ExtendAsync" />
    public Task<Run> ExtendAsync(Duration by, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _client.ExtendAsync(Id, by, idempotencyKey, cancellationToken);

    /// <inheritdoc cref="RunClient.RaiseEventAsync" />
    public Task<Run> RaiseEventAsync(
        string name, object? payload = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _client.RaiseEventAsync(Id, name, payload, idempotencyKey, cancellationToken);

    /// <inheritdoc cref="RunClient.DeleteAsync" />
    public Task DeleteAsync(CancellationToken cancellationToken = default) => _client.DeleteAsync(Id, cancellationToken);
}
