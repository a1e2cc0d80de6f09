using Microsoft.Extensions.Logging.Abstractions;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;
using Preempt.Embedded.Store.Sqlite;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests.Store;

/// <summary>A store whose file SQLite cannot read: the app does not start, and says which file it is and what to do.</summary>
public sealed class BrokenFileTests : IDisposable
{
    private const int PageSize = 4096;

    private readonly DamagedStore _store = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("sqlite_schema")]
    [InlineData("instance")]
    [InlineData("state")]
    [InlineData("unfinished")]
    [InlineData("inbox")]
    [InlineData("history")]
    [InlineData("history_of")]
    [InlineData("sqlite_autoindex_instance_1")]
    public async Task A_broken_page_is_told_with_the_file_and_what_to_do(string broken)
    {
        await FillAsync(broken);
        UnusableStoreException refusal = Assert.Throws<UnusableStoreException>(() =>
        {
            using SqliteStore store = SqliteStore.Open(_store.Path);
            using DurableEngine engine = new(new EngineOptions { Store = store }, new FunctionTable(), TimeProvider.System, NullLoggerFactory.Instance);
            engine.Recover();
        });
        Assert.StartsWith($"The store '{_store.File}' is damaged: SQLite Error ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Put a copy of the file back", refusal.Message, StringComparison.Ordinal);
        // The refusal has let go of the directory.
        StoreDirectory.Take(_store.Path).Dispose();
    }

    [Theory]
    [InlineData("sqlite_schema")]
    [InlineData("inbox")]
    [InlineData("unfinished")]
    public async Task An_app_with_a_broken_store_ends_with_one_line(string broken)
    {
        await FillAsync(broken);
        using AppProcess app = new(("Preempt__Store", _store.Path));
        app.WaitFor($"The store '{_store.File}' is damaged: ");
        Assert.Equal(1, app.WaitForExit());
        Assert.Single(app.Lines);
    }

    [Fact]
    public async Task An_app_whose_store_is_in_use_ends_with_one_line()
    {
        using SqliteStore store = SqliteStore.Open(_store.Path);
        using AppProcess app = new(("Preempt__Store", _store.Path));
        app.WaitFor($"The store '{_store.Path}' is in use by another process.");
        Assert.Equal(1, app.WaitForExit());
        Assert.Single(app.Lines);
    }

    /// <summary>Puts something into all tables, and overwrites the first page of one, or of an index.</summary>
    private async Task FillAsync(string broken)
    {
        await _store.RunAsync(static async client =>
        {
            await client.StartAsync("Waits", "waits");
            await client.SuspendInstanceAsync("waits");
            await client.RaiseEventAsync("waits", "go");
        });
        long page = broken == "sqlite_schema" ? 1 : (long)_store.Read($"SELECT rootpage FROM sqlite_schema WHERE name = '{broken}'")!;
        using FileStream file = File.OpenWrite(_store.File);
        file.Seek((page - 1) * PageSize, SeekOrigin.Begin);
        file.Write([.. Enumerable.Repeat((byte)0xA5, PageSize)]);
    }
}
