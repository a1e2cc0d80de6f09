using Preempt;

namespace MyApp;

/// <summary>A message of a user.</summary>
/// <param name="UserId">The user's id.</param>
/// <param name="Message">The text.</param>
/// <param name="Seconds">How long the answer takes, in seconds.</param>
public sealed record ChatMessage(string UserId, string Message, double Seconds = 5);

/// <summary>Answers a user's latest message. A newer message of the same user stops the work on the older one.</summary>
public sealed class ChatReply : Workflow<ChatMessage, string>
{
    /// <inheritdoc />
    public override void Configure(WorkflowBuilder workflow) => workflow
        .Concurrency("{input.userId}", maxRuns: 1, ConcurrencyStrategy.CancelInProgress)
        .Timeout("10 minutes");

    /// <inheritdoc />
    public override Task<string> RunAsync(RunContext run, ChatMessage input) => run.CallStepAsync<Think, string>(input);
}

/// <summary>Thinks, and stops when a newer message supersedes this one.</summary>
public sealed class Think : Step<ChatMessage, string>
{
    /// <inheritdoc />
    public override async Task<string> RunAsync(StepContext step, ChatMessage input)
    {
        await Task.Delay(TimeSpan.FromSeconds(input.Seconds), step.Time, step.CancellationToken);
        return $"You said: {input.Message}";
    }
}
