using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Preempt;

/// <summary>
/// The table through which the processes of an app hear of one another: of stops (<see cref="StopLog"/>) and of progress
/// (<see cref="ProgressTable"/>). It is made when it is needed, and a call of it takes no longer than some seconds.
/// </summary>
internal sealed class FeedTable
{
    /// <summary>The most rows of one transaction, by the service's rule.</summary>
    public const int MaxRowsPerTransaction = 100;

    /// <summary>How long one call may take, with the client's own retries.</summary>
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private const int MaxRetries = 2;
    private const int MaxDeletions = 100;

    private readonly TableClient _rows;
    private readonly ServerClock _clock;
    private readonly TimeProvider _time;
    private volatile bool _isMade;

    private FeedTable(TableClient rows, ServerClock clock, TimeProvider time)
    {
        _rows = rows;
        _clock = clock;
        _time = time;
    }

    /// <summary>The service's time, as far as it is known.</summary>
    public DateTimeOffset Now => _clock.Now;

    /// <param name="storage">Where the table is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="time">This process's clock.</param>
    /// <param name="options">How to call the service.</param>
    public static FeedTable Open(StorageConnection storage, string name, TimeProvider time, TableClientOptions? options = null)
    {
        ServerClock clock = new(time);
        options ??= new TableClientOptions();
        options.Retry.MaxRetries = MaxRetries;
        options.Retry.Delay = RetryDelay;
        options.Retry.NetworkTimeout = TryLimit;
        options.AddPolicy(clock, HttpPipelinePosition.PerRetry);
        return new FeedTable(storage.Connect(options).GetTableClient(name), clock, time);
    }

    /// <summary>Calls the service within a time, and makes the table when it is not there.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task<T> CallAsync<T>(Func<TableClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(CallLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // The first answer also says what time it is there.
            if (!_isMade)
                await MakeAsync(either.Token);
            try
            {
                return await call(_rows, either.Token);
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.TableNotFound)
            {
                await MakeAsync(either.Token);
                return await call(_rows, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The table {_rows.Name} did not respond within {(Duration)CallLimit}.");
        }
    }

    /// <summary>Removes the rows of one partition that a filter names, a bounded number at a time.</summary>
    /// <returns>Whether none is left.</returns>
    public static async Task<bool> RemoveAsync(TableClient rows, string filter, CancellationToken cancellationToken)
    {
        AsyncPageable<TableEntity> found = rows.QueryAsync<TableEntity>(
            filter, MaxRowsPerTransaction, ["PartitionKey", "RowKey"], cancellationToken);
        int deletions = 0;
        await foreach (Page<TableEntity> page in found.AsPages())
        {
            if (page.Values.Count == 0)
                continue;
            await rows.SubmitTransactionAsync(
                page.Values.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row)), cancellationToken);
            if (++deletions == MaxDeletions)
                return false;
        }

        return true;
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        await _rows.CreateIfNotExistsAsync(cancellationToken);
        _isMade = true;
    }
}
