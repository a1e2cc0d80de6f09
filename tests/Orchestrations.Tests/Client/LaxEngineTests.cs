using Microsoft.Extensions.DependencyInjection;
using Preempt.Tests.Runs;

namespace Preempt.Tests.Client;

/// <summary>What runs are promised also where the engine's own client promises less.</summary>
public sealed class LaxEngineTests : IDisposable
{
    private readonly TestApp _app = new();
    private readonly LaxClient _client;
    private readonly string _code = Guid.NewGuid().ToString("N");

    public LaxEngineTests()
    {
        _client = new LaxClient(_app.Host.Client, _app.Host.Services.GetRequiredService<TimeProvider>());
        ScriptedWorkflow.Codes[_code] = run => run.CallStepAsync<Worker, string>(new Work(1));
    }

    private RunClient Runs => _app.Host.Services.GetRequiredService<RunClients>().With(_client);

    public void Dispose() => _app.Dispose();

    [Fact]
    public void Of_several_starts_of_one_run_id_one_is_taken()
    {
        bool[] taken = StartAtOnce(async number =>
        {
            try
            {
                Run run = await Runs.StartAsync("ungated", new Script($"k{number}", _code), new StartOptions { RunId = "chosen" });
                Assert.Equal(InputOf("chosen"), run.Input?.ToString());
                return true;
            }
            catch (RunConflictException conflict)
            {
                Assert.Equal(InputOf("chosen"), conflict.Run.Input?.ToString());
                return false;
            }
        });

        Assert.Single(taken, isTaken => isTaken);
    }

    [Fact]
    public void Of_several_starts_with_one_idempotency_key_one_is_taken_and_all_are_told_of_its_run()
    {
        (Run Run, bool IsNew)[] starts = StartAtOnce(_ => Runs.StartOnceAsync("ungated", new Script("k", _code), "order 1"));

        string id = Assert.Single(starts.Select(start => start.Run.Id).Distinct());
        Run taken = Assert.Single(starts, start => start.IsNew).Run;
        Assert.Equal(InputOf(id), taken.Input?.ToString());
        (IReadOnlyList<Run> listed, _) = _app.Host.Run(() => Runs.ListAsync(new RunFilter { Workflow = "ungated" }));
        Assert.Equal(id, Assert.Single(listed).Id);
        Assert.Equal(RunStatus.Succeeded, _app.End(id).Status);
    }

    [Fact]
    public void Of_several_starts_of_one_run_id_with_keys_of_their_own_one_is_taken()
    {
        bool[] taken = StartAtOnce(async number =>
        {
            try
            {
                return (await Runs.StartOnceAsync("ungated", new Script("k", _code), $"order {number}", new StartOptions { RunId = "chosen" })).IsNew;
            }
            catch (RunConflictException)
            {
                return false;
            }
        });

        Assert.Single(taken, isTaken => isTaken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_stop_that_is_lost_is_sent_again(int lost)
    {
        string id = _app.Start("ungated", new Work(600));
        _app.Host.RunUntil(() => _app.Peek(id).Status == RunStatus.Running, TimeSpan.FromMinutes(1));
        _client.LoseEvents(lost);

        Run run = _app.Host.Run(() => Runs.CancelAsync(id, new CancelOptions("enough")));

        Assert.Equal("enough", run.Stop?.Message);
        Assert.Equal(lost + 1, _client.Events.Count);
        Assert.Equal(RunStatus.Cancelled, _app.End(id).Status);
    }

    [Fact]
    public void A_stop_that_shows_at_once_is_sent_once()
    {
        string id = _app.Start("ungated", new Work(600));
        _app.Host.RunUntil(() => _app.Peek(id).Status == RunStatus.Running, TimeSpan.FromMinutes(1));

        _app.Host.Run(() => Runs.CancelAsync(id));

        Assert.Single(_client.Events);
    }

    [Fact]
    public void A_wait_ends_soon_after_its_run()
    {
        string id = _app.Start("ungated", new Work(60.5));

        Run run = _app.Host.Run(() => Runs.WaitAsync(id, TimeSpan.FromMinutes(5)));

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.InRange(_app.Host.Services.GetRequiredService<TimeProvider>().GetUtcNow() - run.EndedAt!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(0.6));
    }

    private T[] StartAtOnce<T>(Func<int, Task<T>> start) => _app.Host.Run(() => Task.WhenAll(Enumerable.Range(0, 5).Select(start)));

    private string? InputOf(string id) => _app.Get(id).Input?.ToString();
}
