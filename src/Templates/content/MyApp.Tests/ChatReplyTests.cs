using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt;
using Preempt.Testing;

namespace MyApp.Tests;

public sealed class ChatReplyTests : IDisposable
{
    private readonly DurableTestHost _host;

    public ChatReplyTests()
    {
        DurableTestHostOptions options = new()
        {
            ConfigureServices = services => services.AddPreempt(
                new ConfigurationBuilder().Build(), preempt => preempt.AddWorkflowsFrom(typeof(ChatReply).Assembly)),
        };
        foreach (Type type in PreemptFunctions.Types)
            options.FunctionTypes.Add(type);
        _host = new DurableTestHost(options);
    }

    private RunClient Runs => _host.Services.GetRequiredService<RunClients>().With(_host.Client);

    [Fact]
    public void A_newer_message_supersedes_the_older_one()
    {
        Run older = Start("What is a monad?");
        _host.Advance(TimeSpan.FromSeconds(1));
        Run newer = Start("Never mind. What is a monoid?");

        Assert.Equal(RunStatus.Succeeded, End(newer).Status);
        Assert.Equal((RunStatus.Cancelled, newer.Id), (End(older).Status, End(older).Stop?.SupersededBy));
    }

    public void Dispose() => _host.Dispose();

    private Run Start(string message) => _host.Run(() => Runs.StartAsync("chat-reply", new ChatMessage("ada", message)));

    private Run End(Run run)
    {
        _host.RunUntil(() => _host.Client.GetInstanceAsync(run.Id).Result!.IsCompleted, limit: TimeSpan.FromMinutes(1));
        return _host.Run(() => Runs.GetAsync(run.Id));
    }
}
