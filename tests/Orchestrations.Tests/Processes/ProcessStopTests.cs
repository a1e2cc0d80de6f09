using System.Diagnostics;
using Preempt.Tests.Shared;

namespace Preempt.Tests.Processes;

/// <summary>That nothing is left of a child process, with real ones.</summary>
public sealed class ProcessStopTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Sleepers _sleepers = new();
    private readonly LinesLogger _logger = new();
    private readonly CancellationTokenSource _stop = new();

    public ProcessStopTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc.");

    public void Dispose()
    {
        _sleepers.Dispose();
        _stop.Dispose();
    }

    private Task<ProcessResult> RunAsync(string script, string notice = "20s") => SupervisedProcess.RunAsync(
        new ProcessOptions("sh", "-c", script, "sh", _sleepers.Seconds) { Notice = notice }, _logger, _stop.Token);

    private async Task StoppedAsync(Task<ProcessResult> running)
    {
        _stop.Cancel();
        OperationCanceledException stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Limit));
        Assert.Equal(_stop.Token, stopped.CancellationToken);
    }

    [Fact]
    public async Task A_stop_ends_the_whole_tree()
    {
        Task<ProcessResult> running = RunAsync("sleep $1 & sh -c 'sleep $1 & sleep $1' sh $1 & wait");
        await _sleepers.WaitForAsync(3);
        await StoppedAsync(running);
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task A_process_is_asked_before_it_is_killed()
    {
        Task<ProcessResult> running = RunAsync("trap 'echo good bye; exit' TERM; sleep $1 & wait");
        await _sleepers.WaitForAsync(1);
        await StoppedAsync(running);
        Assert.Contains("sh: good bye", _logger.Lines);
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task A_process_that_ignores_the_request_is_killed_after_its_notice()
    {
        Task<ProcessResult> running = RunAsync("trap '' TERM; sleep $1; sleep $1", notice: "500ms");
        await _sleepers.WaitForAsync(1);
        long start = Stopwatch.GetTimestamp();
        await StoppedAsync(running);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15));
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task A_grandchild_that_leaves_parent_session_and_environment_is_found()
    {
        Task<ProcessResult> running = RunAsync("(trap '' TERM; env -i setsid sleep $1 &); (setsid sleep $1 &); sleep $1", notice: "100ms");
        await _sleepers.WaitForAsync(3);
        await StoppedAsync(running);
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task What_a_process_leaves_in_the_background_ends_with_it()
    {
        ProcessResult result = await RunAsync("(setsid sleep $1 &); exit 3");
        Assert.Equal(3, result.ExitCode);
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task Nothing_is_left_when_the_supervisor_is_killed()
    {
        Task<ProcessResult> running = RunAsync("(setsid sleep $1 &); exec sleep $1");
        int[] sleepers = await _sleepers.WaitForAsync(2);
        int supervisor = ProcessTable.Read().Single(process => process.Id == sleepers[0]).ParentId;
        Assert.NotEqual(Environment.ProcessId, supervisor);
        ProcessTree.Kill(supervisor);
        ProcessResult result = await running.WaitAsync(Limit);
        Assert.Equal(137, result.ExitCode);
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task A_supervisor_that_is_told_to_end_ends_the_tree_first()
    {
        Task<ProcessResult> running = RunAsync("trap 'echo good bye; exit 4' TERM; sleep $1 & wait");
        int[] sleepers = await _sleepers.WaitForAsync(1);
        ProcessEntry[] all = ProcessTable.Read();
        int shell = all.Single(process => process.Id == sleepers[0]).ParentId;
        using Process kill = Process.Start("kill", [$"{all.Single(process => process.Id == shell).ParentId}"]);
        ProcessResult result = await running.WaitAsync(Limit);
        Assert.Equal((4, "good bye\n"), (result.ExitCode, result.Output));
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task A_process_does_not_begin_when_the_step_is_stopped_already()
    {
        _stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync("sleep $1"));
        Assert.Empty(_sleepers.Find());
    }

    [Fact]
    public async Task Dead_grandchildren_do_not_pile_up()
    {
        Task<ProcessResult> running = RunAsync("i=0; while [ $i -lt 50 ]; do (true &); i=$((i+1)); done; exec sleep $1");
        int[] sleepers = await _sleepers.WaitForAsync(1);
        int supervisor = ProcessTable.Read().Single(process => process.Id == sleepers[0]).ParentId;
        long start = Stopwatch.GetTimestamp();
        while (ProcessTable.Read().Any(process => process.ParentId == supervisor && process.IsZombie))
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, "Dead processes are still there.");
        await StoppedAsync(running);
    }

    [Fact]
    public void Both_sources_of_the_process_table_agree()
    {
        ProcessEntry fromProc = ProcessTable.ReadProc().Single(process => process.Id == Environment.ProcessId);
        ProcessEntry fromPs = ProcessTable.ReadPs().Single(process => process.Id == Environment.ProcessId);
        Assert.Equal(fromProc, fromPs);
        Assert.False(fromProc.IsZombie);
    }
}
