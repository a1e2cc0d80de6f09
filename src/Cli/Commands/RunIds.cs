using Preempt.Client;

namespace Preempt.Cli.Commands;

/// <summary>Does something with the run that a typed text means: its id, or a <see cref="ShortId"/>.</summary>
internal static class RunIds
{
    private const int PageSize = 200;

    /// <summary>Pages that are read at most: a text that so many runs contain is too short.</summary>
    private const int MaxPages = 5;

    /// <summary>Ids that are named when several match.</summary>
    private const int MaxNamed = 5;

    /// <summary>Reads something of a run.</summary>
    /// <param name="call">The call.</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="act">Does it with the run of an id.</param>
    /// <exception cref="UnknownRunException">No run is meant.</exception>
    /// <exception cref="UsageException">Several runs may be meant.</exception>
    public static Task<T> ReadAsync<T>(CliCall call, string typed, Func<string, Task<T>> act) => DoAsync(call, typed, act, changes: false);

    /// <summary>Changes a run.</summary>
    /// <inheritdoc cref="ReadAsync" />
    public static Task<T> ChangeAsync<T>(CliCall call, string typed, Func<string, Task<T>> act) => DoAsync(call, typed, act, changes: true);

    private static async Task<T> DoAsync<T>(CliCall call, string typed, Func<string, Task<T>> act, bool changes)
    {
        try
        {
            // The whole id costs no search.
            return await act(typed);
        }
        catch (Exception exception) when (exception is UnknownRunException or InvalidRunException && ShortId.ToSearch(typed) is not null)
        {
            if (exception is InvalidRunException && !typed.Contains('…', StringComparison.Ordinal))
                throw;
            if (await FindAsync(call, typed, changes) is not { } id)
                throw;
            if (changes)
                call.Screen.Note($"{typed} is {id}");
            return await act(id);
        }
    }

    private static async Task<string?> FindAsync(CliCall call, string typed, bool changes)
    {
        List<string> found = [];
        string? cursor = null;
        int pages = 0;
        do
        {
            Page<Run> page = await call.Client.ListPageAsync(
                new RunFilter { Text = ShortId.ToSearch(typed) }, PageSize, cursor, call.CancellationToken);
            found.AddRange(page.Items.Select(run => run.Id).Where(id => ShortId.Matches(typed, id)));
            cursor = page.Cursor;
        }
        while (cursor is not null && ++pages < MaxPages);

        return found switch
        {
            [] when cursor is null => null,
            [var only] when cursor is null => !changes || ShortId.IsClear(typed, only)
                ? only
                : throw new UsageException($"There is no run \"{typed}\". If you mean {only}: write an id that a caller chose in full here."),
            _ => throw new UsageException(
                $"\"{typed}\" is part of the ids of several runs. Give a longer part:\n{string.Join('\n', found.Take(MaxNamed))}"
                + (found.Count > MaxNamed || cursor is not null ? "\n…" : "")),
        };
    }
}
