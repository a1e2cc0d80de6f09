using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Preempt;

/// <summary>
/// A log of stop notices in a table, ordered by time. It is one partition, which carries 2,000 writes a second, so that what is new
/// is one range of row keys, read with one query. Row keys are the service's time, as far as the writer knows it.
/// </summary>
internal sealed class StopLog(FeedTable table)
{
    /// <summary>How long notices are kept. A step that begins later than this after its run was stopped does not hear of it here.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromMinutes(10);

    /// <summary>How late a notice may appear in the log: what a write may take, and what clocks that are taken for right differ.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);

    private const int RowsPerPage = 1_000;
    private const string Partition = "stops";
    private const string NoticeColumn = "Notice";

    private readonly SortedSet<string> _seen = new(StringComparer.Ordinal);
    private DateTimeOffset? _readUntil;

    /// <summary>Writes a notice.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public Task WriteAsync(StopNotice notice, CancellationToken cancellationToken)
    {
        string json = JsonSerializer.Serialize(notice, Payload.Options);
        return table.CallAsync(
            async (rows, token) =>
            {
                string key = KeyOf(table.Now) + "-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
                try
                {
                    await rows.AddEntityAsync(new TableEntity(Partition, key) { [NoticeColumn] = json }, token);
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
        table.CallAsync(ReadNewWithinAsync, cancellationToken);

    /// <summary>Removes what is older than is kept, a bounded number of notices at a time.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public Task RemoveOldAsync(CancellationToken cancellationToken) => table.CallAsync(
        (rows, token) => FeedTable.RemoveAsync(
            rows, TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey lt {KeyOf(table.Now - Retention)}"), token),
        cancellationToken);

    private async Task<IReadOnlyList<StopNotice>> ReadNewWithinAsync(TableClient rows, CancellationToken cancellationToken)
    {
        DateTimeOffset now = table.Now;
        DateTimeOffset oldest = now - Retention;
        string from = KeyOf(_readUntil - Overlap is { } expected && expected > oldest ? expected : oldest);
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {from}");
        List<(string Key, string? Json)> found = [];
        await foreach (TableEntity row in rows.QueryAsync<TableEntity>(filter, RowsPerPage, ["RowKey", NoticeColumn], cancellationToken))
            found.Add((row.RowKey, row.GetString(NoticeColumn)));
        _readUntil = now;
        _seen.RemoveWhere(key => string.CompareOrdinal(key, from) < 0);
        return [.. found.Where(row => _seen.Add(row.Key)).Select(row => TryRead(row.Json)).OfType<StopNotice>()];
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
