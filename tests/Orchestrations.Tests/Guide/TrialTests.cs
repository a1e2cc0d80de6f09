using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Testing;

namespace Preempt.Tests.Guide;

/// <summary>The examples of docs/testing.md; <see cref="SampleTests"/> holds the two together.</summary>
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
    private readonly PreemptTestHost _host;

    public TrialTests() => _host = NewHost(new DurableTestHostOptions());

    [Fact]
    public void The_reminder_comes_three_days_after_the_welcome()
    {
        TestRun<string> run = _host.Start<TrialReminder, string>(new Trial("ada", "Pro"));

        Assert.Equal("reminded", run.Result());
        Assert.Equal(["Welcome to Pro", "Your trial of Pro ends soon"], _outbox.Sent.Select(mail => mail.Text));
        Assert.Equal(TimeSpan.FromDays(3), _outbox.Sent[1].At - _outbox.Sent[0].At);
    }

    [Fact]
    public void A_new_trial_of_the_same_customer_replaces_the_old_one()
    {
        TestRun<string> older = _host.Start<TrialReminder, string>(new Trial("ada", "Pro"));
        _host.Advance("1 day");
        TestRun<string> newer = _host.Start<TrialReminder, string>(new Trial("ada", "Team"));

        newer.EndAs(RunStatus.Succeeded);
        older.EndSupersededBy(newer);
        Assert.DoesNotContain(_outbox.Sent, mail => mail.Text == "Your trial of Pro ends soon");
    }

    [Fact]
    public void One_trial_of_a_customer_runs_at_a_time()
    {
        TestRun<string> run = _host.Start<TrialReminder, string>(new Trial("ada", "Pro"));
        _host.AdvanceTo(_host.Now.AddDays(2));

        Assert.Equal([run.Id], _host.GetGate<TrialReminder>("ada").Holders.Select(holder => holder.RunId));
        run.Cancel("changed my mind");
        Assert.Equal("changed my mind", run.EndAs(RunStatus.Cancelled).Stop!.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_process_that_dies_anywhere_sends_the_reminder_all_the_same(bool isKept)
    {
        for (int commit = 0; commit < 10; commit++)
        {
            _outbox.Sent.Clear();
            _host.Host.CrashAfter(int.MaxValue, isKept);
            TestRun<string> run = _host.Start<TrialReminder, string>(new Trial("ada", $"Plan {commit}"));
            _host.Host.CrashAfter(commit, isKept);

            run.EndAs(RunStatus.Succeeded);

            // At least once: a mail whose sending was not on record when the process died is sent again.
            Assert.InRange(_outbox.Sent.Count(mail => mail.Text.StartsWith("Your trial", StringComparison.Ordinal)), 1, 2);
        }
    }

    [Fact]
    public void Whatever_goes_wrong_the_reminder_is_sent()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            using PreemptTestHost host = NewHost(new DurableTestHostOptions { Seed = seed, WorkersDie = 0.1, MessagesArriveLate = 0.2 });
            TestRun<string> run = host.Start<TrialReminder, string>(new Trial("ada", $"Plan {seed}"));
            Assert.True(run.End().Status == RunStatus.Succeeded, $"Seed {seed}: {run.Story}");
        }
    }

    [Fact]
    public void A_test_that_fails_tells_the_runs_story()
    {
        TestRun<string> run = _host.Start<TrialReminder, string>(new Trial("ada", "Pro"));
        _host.Advance("1 hour");
        run.Cancel("changed my mind");

        string message = Assert.Throws<RunExpectationException>(() => run.Result()).Message;

        Assert.StartsWith("The run was to end Succeeded, and is Cancelled. Run ", message, StringComparison.Ordinal);
        Assert.Contains("changed my mind", message, StringComparison.Ordinal);
        Assert.Contains("  step 1 send-mail, attempt 1: Succeeded", message, StringComparison.Ordinal);
        Assert.Contains("TaskCompleted", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wait_in_vain_tells_the_runs_story()
    {
        TestRun<string> run = _host.Start<TrialReminder, string>(new Trial("ada", "Pro"));

        string late = Assert.Throws<TimeoutException>(() => run.End("1 day")).Message;
        Assert.Contains("is Running", late, StringComparison.Ordinal);
        Assert.Contains("step 1 send-mail", late, StringComparison.Ordinal);

        run.Result();
        string never = Assert.Throws<TimeoutException>(() => run.Until(static seen => seen.Status == RunStatus.Failed)).Message;
        Assert.StartsWith("The run has ended, and the condition does not hold. Run ", never, StringComparison.Ordinal);
    }

    public void Dispose() => _host.Dispose();

    private PreemptTestHost NewHost(DurableTestHostOptions options)
    {
        options.ConfigureServices = services => services
            .AddSingleton(_outbox)
            .AddPreempt(new ConfigurationBuilder().Build(), preempt => preempt.AddWorkflow<TrialReminder>().AddStep<SendMail>());
        return new PreemptTestHost(options);
    }
}
