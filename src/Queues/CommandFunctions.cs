using Azure.Storage.Queues.Models;
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
    /// Carries out one command. One that is not valid goes to the poison queue at once; anything else that goes wrong is left to the
    /// host, which tries the message again.
    /// </summary>
    [Function("PreemptCommands")]
    public async Task Run(
        [QueueTrigger(Queue)] QueueMessage message, [DurableClient] DurableTaskClient client, FunctionContext function)
    {
        try
        {
            QueueCommand command = QueueCommand.Read(message.Body.ToMemory());
            await command.RunAsync(runs.With(client), command.IdempotencyKey ?? message.MessageId, function.CancellationToken);
        }
        catch (Exception exception) when (exception is InvalidJsonException or RunException)
        {
            await PoisonQueue.AddAsync(AppQueues.Of(configuration), message, exception.Message, function.CancellationToken);
            logger.LogWarning("Command {Message} is in {Queue} now: {Cause}", message.MessageId, PoisonQueue.Name, exception.Message);
        }
    }
}
