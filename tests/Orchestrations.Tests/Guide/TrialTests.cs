using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Testing;

namespace Preempt.Tests.Guide;

/// <summary>The example of docs/testing.md, word for word.</summary>
public sealed record Trial(string Customer, string Plan);

public sealed class TrialReminder : Workflow<Trial, string>
{
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.customer}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress);

    public override async Task<string> RunAsync(RunContext run, Trial input)
    {
        await run.CallStepAsync<SendMail, bool>($"Welcome to {input.Plan}");
        await run.DelayAsync("3 days");
        await run.CallStepAsync<SendMail, bool>($"Your trial of {input.Plan} ends soon");
        return "reminded";
    }
}

public sealed class SendMail(Outbox outbox) : Step<string, bool>
{
    public override Task<bool> RunAsync(StepContext step, string input)
    {
        outbox.Sent.Add((input, step.Time.GetUtcNow()));
        return Task.FromResult(true);
    }
}

public sealed class Outbox
{
    public List<(string Text, DateTimeOffset At)> Sent { get; } = [];
}

public sealed class TrialTests : IDisposable
{
    private readonly Outbox _outbox = new();
    private readonly DurableTestHost _host;

    public TrialTests()
    {
        DurableTestHostOptions options = new()
        {
            ConfigureServices = services => services
                .AddSingleton(_outbox)
                .AddPreempt(new ConfigurationBuilder().Build(), preempt => preempt.AddWorkflow<TrialReminder>().AddStep<SendMail>()),
        };
        foreach (Type type in PreemptFunctions.Types)
            options.FunctionTypes.Add(type);
        _host = new DurableTestHost(options);
    }

    private RunClient Runs => _host.Services.GetRequiredService<RunClients>().With(_host.Client);

    private string Start(string plan) => _host.Run(() => Runs.StartAsync("trial-reminder", new Trial("ada", plan))).Id;

    private Run End(string id)
    {
        OrchestrationMetadata? instance = null;
        _host.RunUntil(() => (instance = _host.Client.GetInstanceAsync(id).Result)!.IsCompleted, limit: TimeSpan.FromDays(4));
        return _host.Run(() => Runs.GetAsync(id));
    }

    [Fact]
    public void The_reminder_comes_three_days_after_the_welcome()
    {
        Run run = End(Start("Pro"));
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal(["Welcome to Pro", "Your trial of Pro ends soon"], _outbox.Sent.Select(mail => mail.Text));
        Assert.Equal(TimeSpan.FromDays(3), _outbox.Sent[1].At - _outbox.Sent[0].At);
    }

    [Fact]
    public void A_new_trial_of_the_same_customer_replaces_the_old_one()
    {
        string first = Start("Pro");
        _host.Advance(TimeSpan.FromDays(1));
        string second = Start("Team");
        Assert.Equal(RunStatus.Succeeded, End(second).Status);
        Assert.Equal((RunStatus.Cancelled, second), (End(first).Status, End(first).Stop!.SupersededBy));
        Assert.DoesNotContain(_outbox.Sent, mail => mail.Text == "Your trial of Pro ends soon");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_process_that_dies_anywhere_sends_the_reminder_all_the_same(bool isKept)
    {
        for (int commit = 0; commit < 10; commit++)
        {
            _outbox.Sent.Clear();
            _host.CrashAfter(int.MaxValue, isKept);
            string id = Start($"Plan {commit}");
            _host.CrashAfter(commit, isKept);
            Assert.Equal(RunStatus.Succeeded, End(id).Status);
            // At least once: a mail whose sending was not on record when the process died is sent again.
            Assert.InRange(_outbox.Sent.Count(mail => mail.Text.StartsWith("Your trial", StringComparison.Ordinal)), 1, 2);
        }
    }

    public void Dispose() => _host.Dispose();
}
