using Preempt.EndToEnd.Hosting;

namespace Preempt.Client.Tests;

public sealed class EventTests(AppUnderTest app) : ClientTests(app)
{
    [Fact]
    public async Task An_event_that_concerns_nobody_does_nothing()
    {
        PublishedEvent published = await Client.PublishEventAsync(Group, new { a = 1 }, cancellationToken: TestEnd);
        Assert.Equal(Group, published.Event);
        Assert.Empty(published.Started);
        Assert.Empty(published.Stopped);
        await Assert.ThrowsAsync<UnknownRunException>(() => Client.RaiseEventAsync("no-such-run", "go", cancellationToken: TestEnd));
    }

    [Fact]
    public async Task A_run_is_deleted_once_it_has_ended()
    {
        Run run = await StartLongAsync(Lab.Plain);
        await Assert.ThrowsAsync<RunConflictException>(() => Client.DeleteAsync(run.Id, TestEnd));
        await EndAsync(run);
        await Client.DeleteAsync(run.Id, TestEnd);
        await Assert.ThrowsAsync<UnknownRunException>(() => Client.GetAsync(run.Id, TestEnd));
    }
}
