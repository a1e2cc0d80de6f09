using Grpc.Core;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>A run as the engine knows it.</summary>
/// <param name="Run">What callers see of it.</param>
/// <param name="Request">What it was started with.</param>
/// <param name="Record">What has become of it.</param>
internal sealed record FoundRun(Run Run, RunRequest Request, RunRecord Record)
{
    /// <summary>Whether somebody has suspended its instance with the platform's own call: until it is resumed, it hears of nothing.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>
    /// Whether its instance has had its first turn. Until then a message can be lost: on Azure Storage one that overtakes the start is dropped.
    /// </summary>
    public bool HasBegun { get; init; }
}

/// <summary>Finds runs, and waits for their ends.</summary>
internal sealed class RunLookup(RunClients app, DurableTaskClient client)
{
    /// <summary>The run by what the engine knows of it, without asking its steps; null when there is none.</summary>
    public async Task<FoundRun?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (RunId.Validate(id) is not null)
            return null;
        return await client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken) is { } instance ? RunReader.Find(instance) : null;
    }

    /// <summary>The run by what the engine knows of it, without asking its steps.</summary>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public async Task<FoundRun> LookAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) ?? throw new UnknownRunException(id);

    /// <summary>The run, with the progress of its steps.</summary>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public async Task<Run> GetAsync(string id, CancellationToken cancellationToken) =>
        await app.Progress.FillAsync((await LookAsync(id, cancellationToken)).Run, cancellationToken);

    /// <summary>Waits until a run has ended, or until the wait is over.</summary>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public async Task<Run> WaitAsync(string id, TimeSpan wait, CancellationToken cancellationToken)
    {
        Run run = (await LookAsync(id, cancellationToken)).Run;
        if (run.Status.IsTerminal())
            return run;
        if (wait <= TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan)
            return await app.Progress.FillAsync(run, cancellationToken);
        using CancellationTokenSource limit = new(wait, app.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await WaitForEndAsync(id, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The wait is over: the caller gets the run as it is.
        }

        return await GetAsync(id, cancellationToken);
    }

    /// <summary>
    /// Waits until a run's instance has completed. The platform's own wait ends at once in the embedded runtime, but over a Functions host it
    /// looks only every two seconds: so the instance is looked at beside it, often at first and then ever more rarely.
    /// </summary>
    private async Task WaitForEndAsync(string id, CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await await Task.WhenAny(client.WaitForInstanceCompletionAsync(id, over.Token), LookForEndAsync(id, over.Token));
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            // The engine's client says so of a call that is given up under way.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        finally
        {
            over.Cancel();
        }
    }

    private async Task LookForEndAsync(string id, CancellationToken cancellationToken) =>
        await new GrowingPause(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500), growth: 1.5).LookUntilAsync(
            _ => client.GetInstanceAsync(id, cancellationToken),
            static instance => instance is not { IsCompleted: false },
            most: int.MaxValue,
            app.Time,
            cancellationToken);
}
