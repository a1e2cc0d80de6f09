using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;
using static Preempt.Embedded.Tests.Store.Samples;

namespace Preempt.Embedded.Tests.Store;

public sealed class SqliteStoreTests : StoreContractTests, IDisposable
{
    /// <summary>From then on the store cannot write entities.</summary>
    private const string FailingEntities = "CREATE TRIGGER fault BEFORE INSERT ON entity BEGIN SELECT raise(ABORT, 'the disk is full'); END";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-store-");
    private SqliteStore _store;

    public SqliteStoreTests() => _store = SqliteStore.Open(_directory.FullName);

    private protected override IStore Store => _store;

    private protected override void Restart()
    {
        _store.Dispose();
        _store = SqliteStore.Open(_directory.FullName);
    }

    public void Dispose()
    {
        _store.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Closing_writes_what_waits()
    {
        List<Task> commits = [.. Enumerable.Range(0, 500).Select(i => _store.StartAsync(Header($"i{i}")))];
        Restart();
        Assert.All(commits, commit => Assert.True(commit.IsCompletedSuccessfully));
        Assert.Equal(500, _store.ReadUnfinished().Instances.Count);
    }

    [Fact]
    public async Task A_closed_store_refuses_commits()
    {
        _store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _store.StartAsync(Header("late")));
        Assert.Throws<ObjectDisposedException>(() => _store.FindInstance("late"));
    }

    [Fact]
    public void A_second_opener_is_refused_and_told_which_directory_is_in_use()
    {
        UnusableStoreException refusal = Assert.Throws<UnusableStoreException>(() => SqliteStore.Open(_directory.FullName));
        Assert.Contains($"'{_directory.FullName}' is in use by another process", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_of_a_newer_version_is_refused_and_left_as_it_was()
    {
        _store.Dispose();
        Execute("PRAGMA user_version = 999");
        UnusableStoreException refusal = Assert.Throws<UnusableStoreException>(() => SqliteStore.Open(_directory.FullName));
        Assert.Contains(_directory.FullName, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("schema version 999", refusal.Message, StringComparison.Ordinal);

        // The refusal has let go of the directory.
        Execute("PRAGMA user_version = 3");
        SqliteStore.Open(_directory.FullName).Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_store_of_before_version_3_with_unfinished_orchestrations_is_refused_and_left_as_it_was(int version)
    {
        await _store.StartAsync(Header("unfinished"));
        _store.Dispose();
        Execute($"PRAGMA user_version = {version}");
        UnusableStoreException refusal = Assert.Throws<UnusableStoreException>(() => SqliteStore.Open(_directory.FullName));
        Assert.Contains($"schema version {version}, and 1 orchestrations in it have not ended", refusal.Message, StringComparison.Ordinal);

        Execute("PRAGMA user_version = 3");
        _store = SqliteStore.Open(_directory.FullName);
        Assert.NotNull(_store.FindInstance("unfinished"));
    }

    [Fact]
    public async Task A_store_of_version_2_keeps_what_has_ended()
    {
        InstanceHeader ended = Header("ended") with { Status = OrchestrationRuntimeStatus.Completed, Output = "1" };
        await _store.StartAsync(Header("ended"));
        await _store.CommitAsync(new Commit { Header = ended }.With(new TimerFired(1)));
        _store.Dispose();
        Execute("PRAGMA user_version = 2");
        _store = SqliteStore.Open(_directory.FullName);
        Assert.Equal("1", _store.FindInstance("ended")?.Output);
        Assert.Equal([new TimerFired(1)], _store.ReadHistory("ended"));
    }

    [Fact]
    public async Task A_store_of_version_1_keeps_its_histories()
    {
        foreach (string id in new[] { "a", "b" })
        {
            await _store.StartAsync(Header(id));
            await _store.CommitAsync(new Commit { Header = Header(id) }.With(new TimerFired(1)));
            await _store.CommitAsync(new Commit { Header = Ended(id) }.With(new TimerFired(2)));
        }

        _store.Dispose();
        Execute("""
            CREATE TABLE old (
                instance INTEGER NOT NULL, number INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (instance, number)) STRICT, WITHOUT ROWID;
            INSERT INTO old SELECT instance, row_number() OVER (PARTITION BY instance ORDER BY number), events FROM history;
            DROP TABLE history;
            ALTER TABLE old RENAME TO history;
            PRAGMA user_version = 1;
            """);
        _store = SqliteStore.Open(_directory.FullName);
        Assert.Equal([new TimerFired(1), new TimerFired(2)], _store.ReadHistory("b"));
        await _store.CommitAsync(new Commit { Header = Ended("a") }.With(new TimerFired(3)));
        Assert.Equal([new TimerFired(1), new TimerFired(2), new TimerFired(3)], _store.ReadHistory("a"));

        static InstanceHeader Ended(string id) => Header(id) with { Status = OrchestrationRuntimeStatus.Completed };
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        _store.Dispose();
        File.WriteAllText(Path.Combine(_directory.FullName, "store.db"), new string('x', 10_000));
        UnusableStoreException refusal = Assert.Throws<UnusableStoreException>(() => SqliteStore.Open(_directory.FullName));
        Assert.Contains(_directory.FullName, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_refused()
    {
        string file = Path.Combine(_directory.FullName, "file");
        File.WriteAllText(file, "");
        UnusableStoreException refusal = Assert.Throws<UnusableStoreException>(() => SqliteStore.Open(Path.Combine(file, "store")));
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_commit_is_reported_and_nothing_of_it_is_there()
    {
        await _store.StartAsync(Header("before"));
        Execute(FailingEntities);
        Commit broken = new() { Header = Header("before") with { CustomStatus = "1" }, Entity = new EntityRecord("@e@1", "1", Noon) };
        broken.Started.Add(Header("within"));
        IOException failure = await Assert.ThrowsAsync<IOException>(() => _store.CommitAsync(broken));
        Assert.Contains(_directory.FullName, failure.Message, StringComparison.Ordinal);
        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);

        Assert.Null(_store.FindInstance("within"));
        Assert.Null(_store.FindInstance("before")?.CustomStatus);
        // What comes later may build on what was lost.
        await Assert.ThrowsAsync<IOException>(() => _store.StartAsync(Header("after")));
        Assert.Null(_store.FindInstance("after"));
    }

    [Fact]
    public async Task Commits_in_one_group_with_a_failed_one_fail_with_it()
    {
        Execute(FailingEntities);
        Task[] commits = [.. Enumerable.Range(0, 200).Select(i => i == 100
            ? _store.CommitAsync(new Commit { Entity = new EntityRecord("@e@1", "1", Noon) })
            : _store.StartAsync(Header($"i{i:000}")))];
        await Task.WhenAll(commits).ContinueWith(static _ => { }, TaskScheduler.Default);
        string[] acknowledged = [.. commits.Index().Where(commit => commit.Item.IsCompletedSuccessfully).Select(commit => $"i{commit.Index:000}")];
        Assert.Equal(acknowledged, _store.ListInstances("", null, 1000, static _ => true).Select(header => header.InstanceId));
        Assert.All(commits[100..], commit => Assert.True(commit.IsFaulted));
    }

    [Fact]
    public async Task Commits_in_one_group_with_a_refused_one_are_written()
    {
        await _store.StartAsync(Ended("kept"));
        Task[] commits = [.. Enumerable.Range(0, 200).Select(i => i == 100
            ? _store.CommitAsync(new Commit { Started = { Header("kept") }, Kept = ["Completed"] })
            : _store.StartAsync(Header($"i{i:000}")))];
        await Assert.ThrowsAsync<InstanceKeptException>(() => commits[100]);
        await Task.WhenAll(commits.Where(commit => commit != commits[100]));
        Restart();
        Assert.Equal(199, _store.ListInstances("i", null, 1000, static _ => true).Count);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, _store.FindInstance("kept")!.Status);
    }

    [Fact]
    public async Task Senders_wait_for_room_when_too_many_commits_are_pending()
    {
        Task[] senders = [.. Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            Task[] commits = [.. Enumerable.Range(0, 10_000).Select(i => _store.CommitAsync(
                new Commit { Deliveries = { new Delivery("x", new TimerFired(i)) } }))];
            await Task.WhenAll(commits);
        }))];
        await Task.WhenAll(senders);
        Assert.Equal(40_000, _store.ReadUnfinished().Deliveries.Count);
    }

    [Fact]
    public async Task A_sender_that_is_slow_to_hear_holds_up_no_other()
    {
        TaskCompletionSource release = new();
        _store.Commit(new Commit { Started = { Header("slow") } }, _ => release.Task.Wait());
        _store.Commit(new Commit { Started = { Header("next") } }, static _ => { });
        try
        {
            await Task.Run(() => SpinWait.SpinUntil(() => _store.FindInstance("next") is not null, TimeSpan.FromSeconds(30)));
            Assert.NotNull(_store.FindInstance("next"));
        }
        finally
        {
            release.SetResult();
        }
    }

    private void Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(_directory.FullName, "store.db")};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is this class's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
