namespace Preempt.Functions.Workflows;

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
        .Timeout("10 minutes")
        .Example(new ChatMessage("ada", "What is a monad?", Seconds: 10));

    /// <inheritdoc />
    protected override string? Validate(ChatMessage input) => input.Seconds is >= 0 and <= 3600
        ? null
        : $"seconds {input.Seconds}: a number from 0 to 3600 is expected.";

    /// <inheritdoc />
    public override async Task<string> RunAsync(RunContext run, ChatMessage input)
    {
        string draft = await run.CallStepAsync<Think, string>(input);
        return await run.CallStepAsync<Reply, string>(draft);
    }
}

/// <summary>Thinks in small pieces, reports its progress, and stops when its token fires.</summary>
public sealed class Think : Step<ChatMessage, string>
{
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc />
    public override async Task<string> RunAsync(StepContext step, ChatMessage input)
    {
        TimeSpan whole = TimeSpan.FromSeconds(input.Seconds);
        for (TimeSpan done = TimeSpan.Zero; done < whole; done += Piece)
        {
            await step.ReportProgressAsync(done / whole, "thinking");
            await Task.Delay(Piece, step.Time, step.CancellationToken);
        }

        return $"You said: {input.Message}";
    }
}

/// <summary>Puts the answer into words.</summary>
public sealed class Reply : Step<string, string>
{
    /// <inheritdoc />
    public override Task<string> RunAsync(StepContext step, string input) => Task.FromResult($"{input}. I have thought about it.");
}
