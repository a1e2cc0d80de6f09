using Preempt.Functions.Workflows;
using Preempt.Testing;

namespace Preempt.Functions.Tests;

/// <summary>The sample of docs/testing.md: a test that plays where PREEMPT_TEST_APP says. <see cref="PlaceSettingTests"/> has it play elsewhere.</summary>
public sealed class OneTestTests : IAsyncLifetime
{
    private readonly string _user = $"{Guid.NewGuid()}";
    private TestedApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestedApp.OpenAsync(typeof(ChatReply).Assembly);

    [Fact]
    public async Task A_newer_message_supersedes_the_older_one()
    {
        TestedRun<string> older = await _app.StartAsync<ChatReply, string>(new ChatMessage(_user, "What is a monad?", Seconds: 60));
        await older.UntilStepAsync<Think>();
        TestedRun<string> newer = await _app.StartAsync<ChatReply, string>(new ChatMessage(_user, "Never mind. What is a monoid?", Seconds: 0.1));

        Assert.Equal("You said: Never mind. What is a monoid?. I have thought about it.", await newer.ResultAsync());
        await older.EndSupersededByAsync(newer);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
