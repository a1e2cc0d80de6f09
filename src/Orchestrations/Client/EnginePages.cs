using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.DurableTask;

namespace Preempt;

/// <summary>
/// Reads what the engine lists, page by page. Between the host and its worker a message has a largest size (4 MB, unless host.json
/// says otherwise), and a page that is larger fails whole, however few of its items made it so.
/// </summary>
internal static class EnginePages
{
    /// <summary>The pages from a token on, none with more than so many items: fewer from where a page was too large.</summary>
    /// <param name="list">The engine's pages from a token on, with so many items at most.</param>
    /// <param name="token">Where an earlier page ended; null for the first.</param>
    /// <param name="pageSize">The most items of a page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The engine could not be asked, or a single item is too large.</exception>
    public static async IAsyncEnumerable<Page<T>> ReadAsync<T>(
        Func<string?, int, IAsyncEnumerable<Page<T>>> list,
        string? token,
        int pageSize,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where T : notnull
    {
        for (int size = pageSize; ; size /= 2)
        {
            await using IAsyncEnumerator<Page<T>> pages = list(token, size).GetAsyncEnumerator(cancellationToken);
            while (await TryMoveAsync(pages, size) is { } moved)
            {
                if (!moved)
                    yield break;
                yield return pages.Current;
                token = pages.Current.ContinuationToken;
            }
        }
    }

    /// <returns>Whether there is a next page; null when it is too large, and can be made smaller.</returns>
    private static async Task<bool?> TryMoveAsync<T>(IAsyncEnumerator<Page<T>> pages, int size)
        where T : notnull
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.ResourceExhausted && size > 1)
        {
            return null;
        }
    }
}
