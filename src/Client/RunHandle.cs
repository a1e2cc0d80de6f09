using System.Net;
using System.Text.Json;

namespace Preempt.Client;

/// <summary>One run with a typed result: the calls of <see cref="PreemptHttpClient"/> for this run.</summary>
/// <typeparam name="TOutput">The workflow's output.</typeparam>
public sealed class RunHandle<TOutput>
{
    private readonly PreemptHttpClient _client;

    internal RunHandle(PreemptHttpClient client, string id)
    {
        _client = client;
        Id = id;
    }

    /// <summary>The run's id.</summary>
    public string Id { get; }

    /// <inheritdoc cref="PreemptHttpClient.GetAsync" />
    public Task<Run> GetAsync(CancellationToken cancellationToken = default) => _client.GetAsync(Id, cancellationToken);

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

    /// <summary>Waits until the run has succeeded.</summary>
    /// <param name="timeout">How long to wait at most; "never" for no limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The run's output.</returns>
    /// <exception cref="RunNotSucceededException">It ended without success; the exception has the run.</exception>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="TimeoutException">It has not ended in time.</exception>
    /// <exception cref="UnexpectedAnswerException">What it returned is not a <typeparamref name="TOutput"/>.</exception>
    public async Task<TOutput> ResultAsync(Duration timeout, CancellationToken cancellationToken = default)
    {
        Run run = await WaitAsync(timeout, cancellationToken);
        if (run.Status != RunStatus.Succeeded)
            throw new RunNotSucceededException(run);
        try
        {
            return run.Output is { } output ? output.Deserialize<TOutput>(PreemptHttpClient.PayloadOptions)! : default!;
        }
        catch (JsonException exception)
        {
            throw new UnexpectedAnswerException($"Run \"{Id}\" did not return a value of the type {typeof(TOutput).Name}: {exception.Message}", HttpStatusCode.OK);
        }
    }

    /// <inheritdoc cref="PreemptHttpClient.CancelAsync" />
    public Task<Run> CancelAsync(CancelOptions? options = null, CancellationToken cancellationToken = default) =>
        _client.CancelAsync(Id, options, cancellationToken);

    /// <inheritdoc cref="PreemptHttpClient.ExtendAsync" />
    public Task<Run> ExtendAsync(Duration by, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _client.ExtendAsync(Id, by, idempotencyKey, cancellationToken);

    /// <inheritdoc cref="PreemptHttpClient.RaiseEventAsync" />
    public Task<Run> RaiseEventAsync(
        string name, object? payload = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _client.RaiseEventAsync(Id, name, payload, idempotencyKey, cancellationToken);

    /// <inheritdoc cref="PreemptHttpClient.ExplainAsync" />
    public Task<RunExplanation> ExplainAsync(CancellationToken cancellationToken = default) => _client.ExplainAsync(Id, cancellationToken);

    /// <inheritdoc cref="PreemptHttpClient.DeleteAsync" />
    public Task DeleteAsync(CancellationToken cancellationToken = default) => _client.DeleteAsync(Id, cancellationToken);
}
