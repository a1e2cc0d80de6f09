using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Testing;

namespace Preempt.Tests.Guide;

public sealed class PayInvoice : Workflow<string, string>
{
    private static readonly StepOptions ThreeAttempts = new() { Retry = new RetryPolicy { MaxAttempts = 3, FirstDelay = "1 minute" } };

    public override Task<string> RunAsync(RunContext run, string input) => run.CallStepAsync<Charge, string>(input, ThreeAttempts);
}

public sealed class Charge(Ledger ledger) : Step<string, string>
{
    public override Task<string> RunAsync(StepContext step, string input)
    {
        ledger.Charged.Add((input, step.Attempt));
        return Task.FromResult($"charged for {input}");
    }
}

public sealed class Ledger
{
    public List<(string Invoice, int Attempt)> Charged { get; } = [];
}

/// <summary>Steps that fail, and workers that die, because a test says so in one call.</summary>
public sealed class StepFaultTests : IDisposable
{
    private readonly Ledger _ledger = new();
    private readonly PreemptTestHost _host;

    public StepFaultTests() => _host = new PreemptTestHost(new DurableTestHostOptions
    {
        ConfigureServices = services => services
            .AddSingleton(_ledger)
            .AddPreempt(new ConfigurationBuilder().Build(), static preempt => preempt.AddWorkflow<PayInvoice>().AddStep<Charge>()),
    });

    [Fact]
    public void A_step_that_fails_twice_is_tried_a_third_time()
    {
        _host.FailStep<Charge>(times: 2);
        TestRun<string> run = _host.Start<PayInvoice, string>("invoice 1");

        Assert.Equal("charged for invoice 1", run.Result());
        Assert.Equal([("invoice 1", 3)], _ledger.Charged);
    }

    [Fact]
    public void A_worker_that_dies_has_its_step_run_again_and_uses_up_no_attempt()
    {
        _host.KillWorkerOf<Charge>();
        TestRun<string> run = _host.Start<PayInvoice, string>("invoice 1");

        Assert.Equal("charged for invoice 1", run.Result());
        Assert.Equal([("invoice 1", 1), ("invoice 1", 1)], _ledger.Charged);
    }

    [Fact]
    public void A_step_that_fails_at_each_attempt_fails_its_run_and_the_next_run_is_spared()
    {
        _host.FailStep<Charge>();
        _host.FailStep<Charge>(times: 2);
        TestRun<string> run = _host.Start<PayInvoice, string>("invoice 1");

        RunError error = run.EndAs(RunStatus.Failed).Error!;
        Assert.Equal(("charge", "The test has attempt 3 of step 'charge' fail."), (error.Step, error.Message));
        Assert.Empty(_ledger.Charged);
        Assert.Equal("charged for invoice 2", _host.Start<PayInvoice, string>("invoice 2").Result());
    }

    [Fact]
    public void Workers_that_die_again_and_again_use_up_an_attempt_after_all()
    {
        _host.KillWorkerOf<Charge>(times: 6);
        TestRun<string> run = _host.Start<PayInvoice, string>("invoice 1");

        Assert.Equal("charged for invoice 1", run.Result());
        Assert.Equal([1, 1, 1, 1, 1, 1, 2], _ledger.Charged.Select(charged => charged.Attempt));
    }

    [Fact]
    public void What_is_to_go_wrong_does_so_after_a_crash_too()
    {
        _host.FailStep<Charge>();
        _host.Host.Crash();
        _host.Start<PayInvoice, string>("invoice 1").Result();

        Assert.Equal([("invoice 1", 2)], _ledger.Charged);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Faults_that_never_happen_are_refused(int times)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _host.FailStep<Charge>(times));
        Assert.Throws<ArgumentOutOfRangeException>(() => _host.KillWorkerOf<Charge>(times));
    }

    public void Dispose() => _host.Dispose();
}
