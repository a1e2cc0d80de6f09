using System.Net;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Client.Tests;

public sealed class ErrorTests(AppUnderTest app) : ClientTests(app)
{
    [Fact]
    public async Task An_unknown_run_is_an_UnknownRunException()
    {
        UnknownRunException error = await Assert.ThrowsAsync<UnknownRunException>(() => Client.GetAsync("no-such-run", TestEnd));
        Assert.Contains("no-such-run", error.Message, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, "urn:preempt:unknown-run"), (error.Status, error.Problem?.Type));
    }

    [Fact]
    public async Task An_unknown_workflow_is_an_UnknownWorkflowException()
    {
        UnknownWorkflowException error = await Assert.ThrowsAsync<UnknownWorkflowException>(
            () => Client.StartAsync("no-such-workflow", null, cancellationToken: TestEnd));
        Assert.Contains("no-such-workflow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_the_workflow_does_not_take_is_an_InvalidRunException()
    {
        InvalidRunException error = await Assert.ThrowsAsync<InvalidRunException>(
            () => Client.StartAsync(Lab.Plain, new { group = 1 }, cancellationToken: TestEnd));
        Assert.StartsWith("input:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_has_the_run_as_it_is()
    {
        Run run = await Client.StartAsync(Lab.Plain, Lab.Input(Group, 0), cancellationToken: TestEnd);
        await Client.WaitAsync(run.Id, TimeSpan.FromMinutes(1), TestEnd);
        RunConflictException error = await Assert.ThrowsAsync<RunConflictException>(
            () => Client.CancelAsync(run.Id, cancellationToken: TestEnd));
        Assert.Equal((run.Id, RunStatus.Succeeded), (error.Run?.Id, error.Run?.Status));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_name_that_would_lead_elsewhere_is_not_sent(string id) =>
        await Assert.ThrowsAsync<InvalidRunException>(() => Client.GetAsync(id, TestEnd));

    [Theory]
    [InlineData("../health")]
    [InlineData("a/b?c#d")]
    [InlineData("%2e%2e")]
    [InlineData("é \0\r\nx: y")]
    public async Task Any_other_name_is_only_a_name(string id) =>
        await Assert.ThrowsAnyAsync<RunException>(() => Client.GetAsync(id, TestEnd));

    [Fact]
    public async Task A_body_that_is_too_large_is_an_InvalidRunException()
    {
        object input = new { group = new string('x', 1024 * 1024), steps = Array.Empty<object>() };
        InvalidRunException error = await Assert.ThrowsAsync<InvalidRunException>(
            () => Client.StartAsync(Lab.Plain, input, cancellationToken: TestEnd));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, error.Status);
    }
}
