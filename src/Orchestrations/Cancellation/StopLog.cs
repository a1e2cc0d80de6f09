using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Preempt;

/// <summary>
/// A log of stop notices in a table, ordered by time. It is one partition, which carries 2,000 writes a second, so that what is new
/// is one range of row keys, read with one query. Row keys are the service's time, as far as the writer knows it.
/// </summary>
internal sealed class StopLog
{
    /// <summary>How long notices are kept. A step that begins later than this after its run was stopped does not hear of it here.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromMinutes(10);

    /// <summary>How late a notice may appear in the log: what a write may take, and what clocks that are taken for right differ.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);

    /// <summary>How long one call may take, with the client's own retries.</summary>
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private const int MaxRetries = 2;
    private const int RowsPerPage = 1_000;
    private const int RowsPerDeletion = 100;
    private const int MaxDeletions = 100;
    private const string Partition = "stops";
    private const string NoticeColumn = "Notice";

    private readonly TableClient _table;
    private readonly ServerClock _clock;
    private readonly TimeProvider _time;
    private readonly SortedSet<string> _seen = new(StringComparer.Ordinal);
    private DateTimeOffset? _readUntil;
    private volatile bool _isMade;

    private StopLog(TableClient table, ServerClock clock, TimeProvider time)
    {
        _table = table;
        _clock = clock;
        _time = time;
    }

    /// <param name="storage">Where the log is.</param>
    /// <param name="tableName">The table; it is made when it is needed.</param>
    /// <param name="time">This process's clock.</param>
    /// <param name="options">How to call the service.</param>
    public static StopLog Open(StorageConnection storage, string tableName, TimeProvider time, TableClientOptions? options = null)
    {
        ServerClock clock = new(time);
        options ??= new TableClientOptions();
        options.Retry.MaxRetries = MaxRetries;
        options.Retry.Delay = RetryDelay;
        options.Retry.NetworkTimeout = TryLimit;
        options.AddPolicy(clock, HttpPipelinePosition.PerRetry);
        return new StopLog(storage.Connect(options).GetTableClient(tableName), clock, time);
    }

    /// <summary>Writes a notice.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public Task WriteAsync(StopNotice notice, CancellationToken cancellationToken)
    {
        string json = JsonSerializer.Serialize(notice, Payload.Options);
        return CallAsync(
            async token =>
            {
                string key = KeyOf(_clock.Now) + "-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
                try
                {
                    await _table.AddEntityAsync(new TableEntity(Partition, key) { [NoticeColumn] = json }, token);
                }
                catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.EntityAlreadyExists)
                {
                    // No other notice has this key: the client has sent this one again, because the first answer was lost.
                }

                return true;
            },
            cancellationToken);
    }

    /// <summary>
    /// Reads what was written since the last call and was not read yet; the first call, and one after a long pause, reads what is
    /// kept. Not for two callers at once.
    /// </summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public Task<IReadOnlyList<StopNotice>> ReadNewAsync(CancellationToken cancellationToken) =>
        CallAsync(ReadNewWithinAsync, cancellationToken);

    /// <summary>Removes what is older than is kept, a bounded number of notices at a time.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public Task RemoveOldAsync(CancellationToken cancellationToken) => CallAsync(RemoveOldWithinAsync, cancellationToken);

    private async Task<IReadOnlyList<StopNotice>> ReadNewWithinAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.Now;
        DateTimeOffset oldest = now - Retention;
        string from = KeyOf(_readUntil - Overlap is { } expected && expected > oldest ? expected : oldest);
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {from}");
        List<(string Key, string? Json)> rows = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, RowsPerPage, ["RowKey", NoticeColumn], cancellationToken))
            rows.Add((row.RowKey, row.GetString(NoticeColumn)));
        _readUntil = now;
        _seen.RemoveWhere(key => string.CompareOrdinal(key, from) < 0);
        return [.. rows.Where(row => _seen.Add(row.Key)).Select(row => TryRead(row.Json)).OfType<StopNotice>()];
    }

    private async Task<bool> RemoveOldWithinAsync(CancellationToken cancellationToken)
    {
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey lt {KeyOf(_clock.Now - Retention)}");
        AsyncPageable<TableEntity> old = _table.QueryAsync<TableEntity>(
            filter, RowsPerDeletion, ["PartitionKey", "RowKey"], cancellationToken);
        int deletions = 0;
        await foreach (Page<TableEntity> page in old.AsPages())
        {
            if (page.Values.Count == 0)
                continue;
            await _table.SubmitTransactionAsync(
                page.Values.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row)), cancellationToken);
            if (++deletions == MaxDeletions)
                return false;
        }

        return true;
    }

    /// <summary>Calls the service within a time, and makes the table when it is not there.</summary>
    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
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
                return await call(either.Token);
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.TableNotFound)
            {
                await MakeAsync(either.Token);
                return await call(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The storage of stop notices did not answer within {(Duration)CallLimit}.");
        }
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        await _table.CreateIfNotExistsAsync(cancellationToken);
        _isMade = true;
    }

    private static string KeyOf(DateTimeOffset time) => time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>A row that no version of this library has written is nothing.</summary>
    private static StopNotice? TryRead(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<StopNotice>(json, Payload.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
