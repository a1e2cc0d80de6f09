using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Preempt.Json;

namespace Preempt.Queues;

/// <summary>Carries out the commands of a queue.</summary>
public sealed class CommandFunctions(RunClients runs, IConfiguration configuration, ILogger<CommandFunctions> logger)
{
    /// <summary>The queue's name.</summary>
    public const string Queue = "preempt-commands";

    /// <summary>
    /// Carries out one command. An invalid command goes to the poison queue at once; other failures are left to the
    /// host, which retries the message.
    /// </summary>
    [Function("PreemptCommands")]
    public async Task Run(
        [QueueTrigger(Queue)] byte[] body, [DurableClient] DurableTaskClient client, FunctionContext function)
    {
        CommandMessage message = CommandMessage.Read(body, function.BindingContext.BindingData);
        try
        {
            QueueCommand command = QueueCommand.Read(message.Body);
            await command.RunAsync(runs.With(client), command.IdempotencyKey ?? message.Id, function.CancellationToken);
        }
        catch (Exception exception) when (exception is InvalidJsonException or RunException)
        {
            await PoisonQueue.AddAsync(AppQueues.Of(configuration), message, exception.Message, function.CancellationToken);
            logger.LogWarning("Command {Message} is in {Queue} now: {Cause}", message.Id, PoisonQueue.Name, exception.Message);
        }
    }
}
