using Microsoft.Extensions.DependencyInjection;
using Preempt.Functions.Workflows;
using Preempt.Testing;

namespace Preempt.Functions.Tests;

/// <summary>This repository's app, as it is deployed, in a test host: its own <c>Program</c> registers it.</summary>
public sealed class AppInTestHostTests : IDisposable
{
    private readonly PreemptTestHost _host = PreemptTestHost.ForApp(typeof(ChatReply).Assembly);

    [Fact]
    public void A_newer_message_supersedes_the_older_one()
    {
        TestRun<string> older = _host.Start<ChatReply, string>(new ChatMessage("ada", "What is a monad?"));
        older.UntilStep<Think>();
        TestRun<string> newer = _host.Start<ChatReply, string>(new ChatMessage("ada", "Never mind. What is a monoid?"));

        Assert.Equal("You said: Never mind. What is a monoid?. I have thought about it.", newer.Result());
        older.EndSupersededBy(newer);
    }

    [Fact]
    public void A_service_of_the_app_can_be_replaced_and_its_settings_made()
    {
        DurableTestHostOptions options = new()
        {
            App = typeof(ChatReply).Assembly,
            ConfigureServices = static services => services.AddSingleton(new Think()).AddSingleton<TimeProvider>(new StoppedClock()),
        };
        options.Settings["Preempt:Lab"] = "false";
        using PreemptTestHost host = new(options);

        Assert.Equal(StoppedClock.Always, host.Host.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        Assert.False(host.Host.Services.GetRequiredService<PreemptOptions>().Lab);
    }

    [Fact]
    public void The_app_comes_back_after_a_crash()
    {
        TestRun<string> run = _host.Start<ChatReply, string>(new ChatMessage("ada", "What is a monad?"));
        run.UntilStep<Think>();

        _host.Host.Crash();

        Assert.Equal("You said: What is a monad?. I have thought about it.", run.Result());
    }

    [Fact]
    public void An_assembly_that_is_no_app_is_refused_with_a_sentence()
    {
        string message = Assert.Throws<InvalidOperationException>(() => PreemptTestHost.ForApp(typeof(RunClient).Assembly)).Message;
        Assert.Equal("Assembly 'Preempt' is no app: it has no entry point.", message);
    }

    public void Dispose() => _host.Dispose();

    private sealed class StoppedClock : TimeProvider
    {
        public static readonly DateTimeOffset Always = new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Always;
    }
}
