using Preempt.EndToEnd.Hosting;

namespace Preempt.Client.Tests;

public sealed class AppTests(AppUnderTest app) : ClientTests(app)
{
    [Fact]
    public async Task Workflows_come_with_their_rules_and_times()
    {
        WorkflowDefinition chat = Assert.Single(await Client.ListWorkflowsAsync(TestEnd), workflow => workflow.Name == "chat-reply");
        Assert.Equal((Duration.FromTimeSpan(TimeSpan.FromMinutes(10)), Duration.Never), (chat.Timeout, chat.ScheduleTimeout));
        ConcurrencyRule rule = Assert.Single(chat.Rules);
        Assert.Equal(("{input.userId}", 1, ConcurrencyStrategy.CancelInProgress), (rule.Key, rule.MaxRuns, rule.Strategy));
    }

    [Fact]
    public async Task A_gate_shows_who_holds_it_and_who_waits()
    {
        Run[] holders = [await StartLongAsync(Lab.Queue), await StartLongAsync(Lab.Queue)];
        Run waiter = await Client.StartAsync(Lab.Queue, Lab.Input(Group, 0), cancellationToken: TestEnd);
        Gate gate = await Client.GetGateAsync(Lab.Queue, Group, TestEnd);
        for (int read = 0; read < 2000 && gate.Waiters.IsEmpty; read++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestEnd);
            gate = await Client.GetGateAsync(Lab.Queue, Group, TestEnd);
        }

        Assert.Equal(holders.Select(run => run.Id), gate.Holders.Select(holder => holder.RunId));
        Assert.Equal(waiter.Id, Assert.Single(gate.Waiters).RunId);
        Assert.Equal((ConcurrencyStrategy.Queue, 2, 200), (gate.Strategy, gate.MaxRuns, gate.MaxQueued));
        Page<Gate> page = await Client.ListGatesAsync(Lab.Queue, limit: 200, cancellationToken: TestEnd);
        Assert.Contains(page.Items, other => other.Key == Group);
        await Task.WhenAll(holders.Select(EndAsync));
        await Client.WaitAsync(waiter.Id, TimeSpan.FromMinutes(1), TestEnd);
    }

    [Fact]
    public async Task An_app_that_answers_is_healthy() => Assert.Equal("Healthy", (await Client.GetHealthAsync(TestEnd)).Status);
}
