using Grpc.Core;
using Microsoft.DurableTask;

namespace Preempt.Tests.Client;

public sealed class EnginePagesTests
{
    private readonly List<int> _asked = [];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Each_item_is_read_once_however_few_fit_a_page(int fitting)
    {
        List<Page<int>> pages = [.. await ReadAsync(items: 25, fitting, pageSize: 10)];

        Assert.Equal(Enumerable.Range(0, 25), pages.SelectMany(page => page.Values));
        Assert.All(pages, page => Assert.InRange(page.Values.Count, 1, Math.Min(fitting, 10)));
        Assert.Equal(_asked.OrderDescending(), _asked);
    }

    [Fact]
    public async Task An_item_that_fits_no_page_is_an_error()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => ReadAsync(items: 25, fitting: 0, pageSize: 10));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal([10, 5, 2, 1], _asked);
    }

    [Fact]
    public async Task Any_other_error_is_not_tried_again()
    {
        await Assert.ThrowsAsync<RpcException>(() => ReadAsync(items: 25, fitting: 10, pageSize: 10, failsWith: StatusCode.Unavailable));

        Assert.Equal([10], _asked);
    }

    /// <summary>Reads from an engine whose messages hold so many items.</summary>
    private async Task<List<Page<int>>> ReadAsync(int items, int fitting, int pageSize, StatusCode? failsWith = null)
    {
        List<Page<int>> read = [];
        await foreach (Page<int> page in EnginePages.ReadAsync(ListAsync, null, pageSize, TestContext.Current.CancellationToken))
            read.Add(page);
        return read;

        async IAsyncEnumerable<Page<int>> ListAsync(string? token, int size)
        {
            await Task.Yield();
            _asked.Add(size);
            for (int next = token is null ? 0 : int.Parse(token, null); next < items; next += size)
            {
                int count = Math.Min(size, items - next);
                if (failsWith is { } status || count > fitting)
                    throw new RpcException(new Status(failsWith ?? StatusCode.ResourceExhausted, "too much"));
                yield return new Page<int>([.. Enumerable.Range(next, count)], next + count < items ? $"{next + count}" : null);
            }
        }
    }
}
