using Preempt.EndToEnd.Hosting;

namespace Preempt.Client.Tests;

/// <summary>What a program shares with the app: the types, and the workflow's name.</summary>
public sealed record LabMessage(string Group, LabMessageStep[] Steps);

public sealed record LabMessageStep(double Seconds, string? Output = null, int FailTimes = 0);

public static class LabContracts
{
    public static readonly WorkflowContract<LabMessage, string[]> Plain = new("lab-plain");
}

/// <summary>Runs whose input and result have types, for programs that share them with the app.</summary>
public sealed class TypedRunTests(AppUnderTest app) : ClientTests(app)
{
    [Fact]
    public async Task A_result_has_the_type_that_the_contract_says()
    {
        RunHandle<string[]> run = await Client.StartAsync(LabContracts.Plain, new LabMessage(Group, [new(0, "one"), new(0, "two")]), cancellationToken: TestEnd);

        string[] result = await run.ResultAsync("1 minute", TestEnd);

        Assert.Equal(["one", "two"], result);
        Assert.Equal(result, await Client.GetHandle<string[]>(run.Id).ResultAsync(Duration.Never, TestEnd));
        Assert.Equal((Lab.Plain, RunStatus.Succeeded), ((await run.GetAsync(TestEnd)).Workflow, (await run.GetAsync(TestEnd)).Status));
    }

    [Fact]
    public async Task One_idempotency_key_starts_one_run()
    {
        LabMessage message = new(Group, [new(0, "one")]);
        (RunHandle<string[]> first, bool firstIsNew) = await Client.StartOnceAsync(LabContracts.Plain, message, Group, cancellationToken: TestEnd);
        (RunHandle<string[]> second, bool secondIsNew) = await Client.StartOnceAsync(LabContracts.Plain, message, Group, cancellationToken: TestEnd);

        Assert.Equal((first.Id, true, false), (second.Id, firstIsNew, secondIsNew));
    }

    [Fact]
    public async Task A_run_that_failed_has_no_result_and_says_why()
    {
        RunHandle<string[]> run = await Client.StartAsync(LabContracts.Plain, new LabMessage(Group, [new(0, FailTimes: 1)]), cancellationToken: TestEnd);

        RunNotSucceededException exception = await Assert.ThrowsAsync<RunNotSucceededException>(() => run.ResultAsync("1 minute", TestEnd));

        Assert.Equal((run.Id, RunStatus.Failed), (exception.Run.Id, exception.Run.Status));
        Assert.StartsWith($"Run \"{run.Id}\" is Failed: The lab step was told to fail 1 times", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_stopped_and_removed_by_its_handle()
    {
        RunHandle<string[]> run = await Client.StartAsync(LabContracts.Plain, new LabMessage(Group, [new(Lab.VeryLong)]), cancellationToken: TestEnd);
        await run.ExtendAsync("1 hour", cancellationToken: TestEnd);
        await run.RaiseEventAsync("approved", cancellationToken: TestEnd);
        await Assert.ThrowsAsync<TimeoutException>(() => run.ResultAsync("100 ms", TestEnd));

        await run.CancelAsync(new CancelOptions("no longer needed"), TestEnd);
        RunNotSucceededException exception = await Assert.ThrowsAsync<RunNotSucceededException>(() => run.ResultAsync("1 minute", TestEnd));

        Assert.Equal($"Run \"{run.Id}\" is Cancelled (Requested): no longer needed", exception.Message);
        Assert.NotEmpty((await run.ExplainAsync(TestEnd)).Sentences);
        await run.DeleteAsync(TestEnd);
        await Assert.ThrowsAsync<UnknownRunException>(() => run.GetAsync(TestEnd));
    }

    [Fact]
    public async Task A_result_of_another_type_is_refused_with_a_sentence()
    {
        RunHandle<string[]> run = await Client.StartAsync(LabContracts.Plain, new LabMessage(Group, [new(0, "one")]), cancellationToken: TestEnd);

        UnexpectedAnswerException exception = await Assert.ThrowsAsync<UnexpectedAnswerException>(
            () => Client.GetHandle<int>(run.Id).ResultAsync("1 minute", TestEnd));

        Assert.StartsWith($"Run \"{run.Id}\" did not return a value of the type Int32: ", exception.Message, StringComparison.Ordinal);
    }
}
