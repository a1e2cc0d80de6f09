using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>
/// Calls that the engine refuses when an instance has ended, or its id is taken. The real client and the embedded one say so with exceptions
/// of different types, some of which mean other things too: so the instance is looked at.
/// </summary>
internal static class EngineCalls
{
    extension(DurableTaskClient client)
    {
        /// <summary>Sends a message to a run's instance.</summary>
        /// <returns>False when there is no such instance, or it has ended.</returns>
        public Task<bool> TrySendAsync(string runId, RunMessage message, CancellationToken cancellationToken) =>
            client.TryAsync(runId, () => client.RaiseEventAsync(runId, RunMessage.EventName, message, cancellationToken), cancellationToken);

        /// <summary>Ends an instance from outside.</summary>
        /// <returns>False when there is no such instance, or it has ended.</returns>
        public Task<bool> TryTerminateAsync(string id, object output, CancellationToken cancellationToken) =>
            client.TryAsync(id, () => client.TerminateInstanceAsync(id, output, cancellationToken), cancellationToken);

        /// <summary>Has an instance that somebody has suspended go on.</summary>
        public async Task ResumeAsync(string id, string reason, CancellationToken cancellationToken)
        {
            try
            {
                await client.ResumeInstanceAsync(id, reason, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Somebody else has resumed or ended it.
                if (await client.GetInstanceAsync(id, cancellationToken) is { RuntimeStatus: OrchestrationRuntimeStatus.Suspended })
                    throw;
            }
        }

        private async Task<bool> TryAsync(string id, Func<Task> call, CancellationToken cancellationToken)
        {
            try
            {
                await call();
                return true;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                if (await client.GetInstanceAsync(id, cancellationToken) is not (null or { IsCompleted: true }))
                    throw;
                return false;
            }
        }

        /// <summary>Starts an instance of that id, unless there is one, ended or not.</summary>
        /// <returns>Whether the engine accepted it; false when there was such an instance.</returns>
        public Task<bool> TryScheduleAsync(string function, object? input, StartOrchestrationOptions options, CancellationToken cancellationToken) =>
            client.TryScheduleAsync(
                function,
                input,
                options.WithDedupeStatuses(
                    OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated),
                static instance => instance is not null,
                cancellationToken);

        /// <summary>Starts an instance of that id, unless one has not ended; one that has ended is replaced.</summary>
        /// <returns>Whether the engine accepted it; false when there was such an instance.</returns>
        public Task<bool> TryScheduleAnewAsync(string function, object? input, StartOrchestrationOptions options, CancellationToken cancellationToken) =>
            client.TryScheduleAsync(function, input, options, static instance => instance is { IsCompleted: false }, cancellationToken);

        private async Task<bool> TryScheduleAsync(
            string function,
            object? input,
            StartOrchestrationOptions options,
            Func<OrchestrationMetadata?, bool> isTaken,
            CancellationToken cancellationToken)
        {
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync(function, input, options, cancellationToken);
                return true;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                if (!isTaken(await client.GetInstanceAsync(options.InstanceId!, cancellationToken)))
                    throw;
                return false;
            }
        }
    }
}
