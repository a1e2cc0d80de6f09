using Preempt;
using Preempt.Testing;

namespace MyApp.Tests;

public sealed class ChatReplyTests : IDisposable
{
    // The app as it is deployed, with the services that its Program adds. To replace one of them, pass a second argument.
    private readonly PreemptTestHost _host = PreemptTestHost.ForApp(typeof(ChatReply).Assembly);

    [Fact]
    public void A_newer_message_supersedes_the_older_one()
    {
        TestRun<string> older = _host.Start<ChatReply, string>(new ChatMessage("ada", "What is a monad?"));
        older.UntilStep<Think>();
        TestRun<string> newer = _host.Start<ChatReply, string>(new ChatMessage("ada", "Never mind. What is a monoid?"));

        Assert.Equal("You said: Never mind. What is a monoid?", newer.Result());
        older.EndSupersededBy(newer);
    }

    public void Dispose() => _host.Dispose();
}
