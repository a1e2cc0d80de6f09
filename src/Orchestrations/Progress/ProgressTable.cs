using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Preempt;

/// <summary>What a step at work has said of how far it is.</summary>
/// <param name="Step">The step's number within its run, from 1.</param>
/// <param name="Attempt">Which attempt said so, from 1.</param>
/// <param name="Progress">What it said last; null while it has said nothing.</param>
internal readonly record struct StepReport(int Step, int Attempt, RunProgress? Progress);

/// <summary>
/// How far the steps at work are, for the other processes of the app: a row for each attempt that has said so, which goes when the attempt
/// ends. Rows of a process that died stay, until <see cref="RemoveOldAsync"/>.
/// </summary>
internal sealed class ProgressTable(FeedTable table)
{
    /// <summary>How long a row is kept that nobody writes anew.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>The most rows that one reading looks at.</summary>
    private const int MaxRowsRead = 5_000;

    private const int RowsPerPage = 1_000;
    private const int StatusOfNoRow = 404;
    private const char Separator = '-';

    /// <summary>The character that follows <see cref="Separator"/>.</summary>
    private const char AfterSeparator = '.';

    private const string Partition = "progress";
    private const string FractionColumn = "Fraction";
    private const string MessageColumn = "Message";
    private const string TimeColumn = "At";
    private static readonly string[] Columns = ["RowKey", FractionColumn, MessageColumn];

    /// <summary>Writes what steps have said last, and removes the rows of those that have ended; both, or nothing.</summary>
    /// <param name="reported">Steps at work that have said something.</param>
    /// <param name="ended">Steps that have a row and no longer need it. With the others, 100 at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public Task WriteAsync(IReadOnlyList<ActiveStep> reported, IReadOnlyList<ActiveStep> ended, CancellationToken cancellationToken)
    {
        TableTransactionAction[] actions =
        [
            .. reported.Select(step => new TableTransactionAction(TableTransactionActionType.UpsertReplace, ToRow(step, table.Now))),
            .. ended.Select(step => new TableTransactionAction(
                TableTransactionActionType.Delete, new TableEntity(Partition, KeyOf(step.Call)), ETag.All)),
        ];
        return table.CallAsync(
            async (rows, token) =>
            {
                try
                {
                    await rows.SubmitTransactionAsync(actions, token);
                }
                catch (TableTransactionFailedException exception) when (exception.Status == StatusOfNoRow)
                {
                    // A row to remove is gone: the client's own repeated request did it, or a cleaning.
                    await WriteSinglyAsync(rows, actions, token);
                }

                return true;
            },
            cancellationToken);
    }

    /// <summary>What the steps of some runs have said.</summary>
    /// <returns>By run.</returns>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public Task<ILookup<string, StepReport>> ReadAsync(IReadOnlyCollection<string> runIds, CancellationToken cancellationToken)
    {
        Dictionary<string, string> wanted = runIds.Distinct().ToDictionary(RunId.HashKey, StringComparer.Ordinal);
        // All that is at work is not much more than what a list shows of it, and one reading is cheaper than many.
        string filter = wanted is { Count: 1 }
            ? TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {wanted.Keys.Single() + Separator} and RowKey lt {wanted.Keys.Single() + AfterSeparator}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {Partition}");
        return table.CallAsync(
            async (rows, token) =>
            {
                List<(string RunId, StepReport Report)> found = [];
                int read = 0;
                await foreach (TableEntity row in rows.QueryAsync<TableEntity>(filter, RowsPerPage, Columns, token))
                {
                    if (row.RowKey.Split(Separator) is [var run, var step, var attempt] && wanted.TryGetValue(run, out string? runId))
                        found.Add((runId, new StepReport(ToNumber(step), ToNumber(attempt), ToProgress(row))));
                    if (++read == MaxRowsRead)
                        break;
                }

                return found.ToLookup(row => row.RunId, row => row.Report);
            },
            cancellationToken);
    }

    /// <summary>Removes what is older than is kept, a bounded number of rows at a time.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public Task RemoveOldAsync(CancellationToken cancellationToken) => table.CallAsync(
        (rows, token) => FeedTable.RemoveAsync(
            rows, TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and At lt {table.Now - Retention}"), token),
        cancellationToken);

    private static async Task WriteSinglyAsync(TableClient rows, TableTransactionAction[] actions, CancellationToken cancellationToken)
    {
        foreach (TableTransactionAction action in actions)
        {
            // To delete what is not there is no error here.
            await (action.ActionType == TableTransactionActionType.Delete
                ? rows.DeleteEntityAsync(action.Entity.PartitionKey, action.Entity.RowKey, ETag.All, cancellationToken)
                : rows.UpsertEntityAsync(action.Entity, TableUpdateMode.Replace, cancellationToken));
        }
    }

    /// <summary>A run's id can have characters that a row key cannot, if its orchestrator is not ours; its hash has none.</summary>
    private static string KeyOf(StepCall call) =>
        string.Create(CultureInfo.InvariantCulture, $"{RunId.HashKey(call.RunId)}{Separator}{call.Number}{Separator}{call.Attempt}");

    private static TableEntity ToRow(ActiveStep step, DateTimeOffset now) => new(Partition, KeyOf(step.Call))
    {
        [TimeColumn] = now,
        [FractionColumn] = step.Progress?.Fraction ?? 0,
        [MessageColumn] = step.Progress?.Message,
    };

    private static RunProgress ToProgress(TableEntity row) => new(row.GetDouble(FractionColumn) ?? 0, row.GetString(MessageColumn));

    private static int ToNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
