using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Preempt.Tests.Shared;

namespace Preempt.Tests.Cancellation;

/// <summary>The log of stop notices, on a real table service.</summary>
public sealed class StopLogTests(AzuriteFixture azurite) : FeedFacts(azurite)
{
    private static readonly StopNotice Notice = new("workflow:key:1", StopReason.Superseded, Step: 3, Force: true);

    private static async Task<string[]> ReadRunsAsync(StopLog log) => [.. (await log.ReadNewAsync(Token)).Select(notice => notice.RunId)];

    [Fact]
    public async Task What_one_process_writes_another_reads_once()
    {
        StopLog writer = Lab.OpenLog();
        StopLog reader = Lab.OpenLog();
        await writer.WriteAsync(Notice, Token);
        Assert.Equal([Notice], await reader.ReadNewAsync(Token));
        Assert.Empty(await reader.ReadNewAsync(Token));
        await writer.WriteAsync(Notice, Token);
        Assert.Equal([Notice], await reader.ReadNewAsync(Token));
    }

    [Fact]
    public async Task A_notice_that_appears_late_is_read_once()
    {
        StopLog reader = Lab.OpenLog();
        await reader.ReadNewAsync(Token);
        await Lab.AddAsync(age: TimeSpan.Zero, "in time");
        Assert.Equal(["in time"], await ReadRunsAsync(reader));
        await Lab.AddAsync(age: TimeSpan.FromSeconds(10), "late");
        Assert.Equal(["late"], await ReadRunsAsync(reader));
        Assert.Empty(await ReadRunsAsync(reader));
    }

    [Theory]
    [InlineData(3600, 0)]
    [InlineData(-3600, 0)]
    [InlineData(0, 3600)]
    [InlineData(0, -3600)]
    [InlineData(1.5, -1.5)]
    [InlineData(86_400, -86_400)]
    public async Task Clocks_that_differ_do_not_matter(double writerIsOffBy, double readerIsOffBy)
    {
        StopLog writer = Lab.OpenLog(new ShiftedClock(TimeSpan.FromSeconds(writerIsOffBy)));
        StopLog reader = Lab.OpenLog(new ShiftedClock(TimeSpan.FromSeconds(readerIsOffBy)));
        for (int round = 0; round < 3; round++)
        {
            await writer.WriteAsync(Notice, Token);
            Assert.Equal([Notice], await reader.ReadNewAsync(Token));
            Assert.Empty(await reader.ReadNewAsync(Token));
        }
    }

    [Fact]
    public async Task The_first_read_reaches_back_as_far_as_notices_are_kept()
    {
        await Lab.OpenLog().WriteAsync(Notice, Token);
        await Lab.AddAsync(StopLog.Retention - TimeSpan.FromMinutes(1), "kept");
        await Lab.AddAsync(StopLog.Retention + TimeSpan.FromMinutes(1), "too old");
        Assert.Equal(["kept", Notice.RunId], await ReadRunsAsync(Lab.OpenLog()));
    }

    [Fact]
    public async Task A_table_that_is_deleted_is_made_again()
    {
        StopLog writer = Lab.OpenLog();
        StopLog reader = Lab.OpenLog();
        await writer.WriteAsync(Notice, Token);
        await reader.ReadNewAsync(Token);
        await Lab.Table.DeleteAsync(Token);
        Assert.Empty(await reader.ReadNewAsync(Token));
        await Lab.Table.DeleteAsync(Token);
        await writer.WriteAsync(Notice, Token);
        Assert.Equal([Notice], await reader.ReadNewAsync(Token));
    }

    [Fact]
    public async Task A_notice_that_is_sent_again_because_the_answer_was_lost_is_written()
    {
        StopLog reader = Lab.OpenLog();
        LostAnswers lost = new();
        await Lab.OpenLog(policy: lost).WriteAsync(Notice, Token);
        Assert.Equal(409, lost.SecondAnswer);
        Assert.Equal([Notice], await reader.ReadNewAsync(Token));
    }

    [Fact]
    public async Task Many_notices_are_read_at_once()
    {
        StopLog reader = Lab.OpenLog();
        await reader.ReadNewAsync(Token);
        TableTransactionAction[] rows =
        [
            .. Enumerable.Range(0, 1_500).Select(number => new TableTransactionAction(
                TableTransactionActionType.Add,
                new TableEntity(FeedLab.Partition, $"{DateTimeOffset.UtcNow.UtcTicks:D19}-{number:D4}")
                {
                    ["Notice"] = $$"""{"runId":"{{number}}","reason":"Requested"}""",
                })),
        ];
        foreach (TableTransactionAction[] chunk in rows.Chunk(100))
            await Lab.Table.SubmitTransactionAsync(chunk, Token);
        Assert.Equal(1_500, (await ReadRunsAsync(reader)).Distinct().Count());
    }

    [Fact]
    public async Task A_row_that_is_no_notice_is_passed_over()
    {
        StopLog reader = Lab.OpenLog();
        await reader.ReadNewAsync(Token);
        await Lab.AddRowAsync(TimeSpan.Zero, "not json");
        await Lab.AddRowAsync(TimeSpan.Zero, """{"runId":"a","reason":"ReasonOfAnotherVersion"}""");
        await Lab.AddAsync(TimeSpan.Zero, "good");
        Assert.Equal(["good"], await ReadRunsAsync(reader));
    }

    [Fact]
    public async Task What_is_too_old_is_removed_also_by_several_at_once()
    {
        StopLog[] logs = [Lab.OpenLog(), Lab.OpenLog(), Lab.OpenLog()];
        await logs[0].WriteAsync(Notice, Token);
        for (int number = 0; number < 250; number++)
            await Lab.AddAsync(StopLog.Retention + TimeSpan.FromMinutes(1), $"old {number}");
        await Task.WhenAll(logs.Select(async log =>
        {
            try
            {
                await log.RemoveOldAsync(Token);
            }
            catch (Azure.RequestFailedException exception) when (exception.Status == 404)
            {
                // Another was faster.
            }
        }));
        await logs[0].RemoveOldAsync(Token);
        List<TableEntity> left = await Lab.Table.QueryAsync<TableEntity>(cancellationToken: Token).ToListAsync(Token);
        Assert.Contains(Notice.RunId, Assert.Single(left).GetString("Notice"), StringComparison.Ordinal);
    }

    /// <summary>Sends each row twice, as the service's client does when it has not heard the first answer.</summary>
    private sealed class LostAnswers : HttpPipelinePolicy
    {
        public int? SecondAnswer { get; private set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await ProcessNextAsync(message, pipeline);
            if (message.Request.Method != RequestMethod.Post || message.Request.Uri.Path.EndsWith("/Tables", StringComparison.Ordinal))
                return;
            await ProcessNextAsync(message, pipeline);
            SecondAnswer = message.Response.Status;
        }
    }
}
