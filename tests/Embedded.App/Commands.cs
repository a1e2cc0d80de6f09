using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.App;

/// <summary>A queue function that starts an orchestration for each message, whatever happens in between.</summary>
public class Commands
{
    [Function(nameof(Take))]
    public async Task Take([QueueTrigger("kill-commands")] Command command, [DurableClient] DurableTaskClient client)
    {
        if (command.IsBad)
            throw new InvalidOperationException("It is bad.");
        if (await client.GetInstanceAsync(command.Id) is not null)
            return;
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(Carry), command.Id, new StartOrchestrationOptions(command.Id));
        }
        catch (InvalidOperationException)
        {
            // The same message, a moment ago.
        }
    }

    [Function(nameof(Carry))]
    public Task<string> Carry([OrchestrationTrigger] TaskOrchestrationContext context, string id) =>
        context.CallActivityAsync<string>(nameof(Deliver), id);

    [Function(nameof(Deliver))]
    public string Deliver([ActivityTrigger] string id) => id;
}

/// <summary>What a message asks for.</summary>
public sealed record Command(string Id, bool IsBad);
