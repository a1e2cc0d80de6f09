using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Preempt.Conformance.App;

/// <summary>Plays scripts. The output is a trace of what the orchestrator has seen.</summary>
public static class Play
{
    [Function(nameof(PlayScript))]
    public static Task<IReadOnlyList<string>> PlayScript([OrchestrationTrigger] TaskOrchestrationContext context, Script script) =>
        new Player(context, script).PlayAsync();

    private sealed class Player(TaskOrchestrationContext context, Script script)
    {
        private readonly List<string> _trace = [.. script.Trace];
        private readonly List<Task<string>> _open = [];
        private int _children;

        private EntityInstanceId Entity => new(nameof(Journal), context.InstanceId);

        public async Task<IReadOnlyList<string>> PlayAsync()
        {
            for (int i = 0; i < script.Steps.Count; i++)
            {
                if (script.Steps[i] is Continue)
                {
                    context.ContinueAsNew(new Script([.. script.Steps.Skip(i + 1)], [.. _trace, "continued"]));
                    return [];
                }

                _trace.Add(await PlayAsync(script.Steps[i]));
            }

            return _trace;
        }

        private async Task<string> PlayAsync(Step step)
        {
            switch (step)
            {
                case CallActivity call:
                    return $"answer {await context.CallActivityAsync<string?>(nameof(Activities.Echo), call.Text) ?? "null"}";
                case CallFailingActivity call:
                    RetryPolicy policy = new(call.Attempts, TimeSpan.FromMilliseconds(50));
                    return await CatchAsync(context.CallActivityAsync<string>(
                        nameof(Activities.Fail), call.Message, TaskOptions.FromRetryPolicy(policy)));
                case OpenActivity open:
                    _open.Add(context.CallActivityAsync<string>(nameof(Activities.Echo), open.Text));
                    return $"open {open.Text}";
                case OpenTimer open:
                    _open.Add(After(context.CreateTimer(TimeSpan.FromMilliseconds(open.Milliseconds), CancellationToken.None), "timer"));
                    return "open timer";
                case Join:
                    return $"joined {string.Join(", ", await Task.WhenAll(_open))}";
                case CallInParallel call:
                    return string.Join(", ", await Task.WhenAll(
                        call.Texts.Select(text => context.CallActivityAsync<string>(nameof(Activities.Echo), text))));
                case WaitForTimer wait:
                    await context.CreateTimer(TimeSpan.FromMilliseconds(wait.Milliseconds), CancellationToken.None);
                    return "fired";
                case CancelTimer:
                    return await CancelTimerAsync();
                case CallChild child:
                    SubOrchestrationOptions options = new(new TaskOptions(), $"{context.InstanceId}:{script.Trace.Count}-{_children++}");
                    return await CatchAsync(CallChildAsync(child, options));
                case SetStatus set:
                    context.SetCustomStatus(set.Text);
                    return "set";
                case Fail fail:
                    throw new InvalidOperationException(fail.Message);
                default:
                    return await PlayWithOthersAsync(step);
            }
        }

        /// <summary>Steps that need events or an entity.</summary>
        private async Task<string> PlayWithOthersAsync(Step step)
        {
            switch (step)
            {
                case AddToEntity { IsSignal: true } add:
                    await context.Entities.SignalEntityAsync(Entity, nameof(Journal.Add), add.Line);
                    return "signaled";
                case AddToEntity add:
                    return $"lines {await context.Entities.CallEntityAsync<int>(Entity, nameof(Journal.Add), add.Line)}";
                case ReadEntity:
                    return string.Join(", ", await context.Entities.CallEntityAsync<List<string>>(Entity, nameof(Journal.Read)));
                case FailInEntity:
                    return await FailInEntityAsync();
                case Pause pause:
                    return await PauseAsync(pause);
                case WaitForEvent wait:
                    return $"event {await context.WaitForExternalEvent<string>(wait.Name)}";
                case WaitInVain wait:
                    return await WaitInVainAsync(wait);
                case SendToItself send:
                    context.SendEvent(context.InstanceId, send.Name, send.Payload);
                    return $"own {await context.WaitForExternalEvent<string>(send.Name)}";
                default:
                    throw new ArgumentException($"The step {step} is unknown.", nameof(step));
            }
        }

        private async Task<string> CancelTimerAsync()
        {
            using CancellationTokenSource cancel = new();
            Task timer = context.CreateTimer(TimeSpan.FromMinutes(1), cancel.Token);
            cancel.Cancel();
            try
            {
                await timer;
                return "fired";
            }
            catch (OperationCanceledException exception)
            {
                return exception.GetType().Name;
            }
        }

        private async Task<string> CallChildAsync(CallChild child, SubOrchestrationOptions options) => $"child ({string.Join("; ",
            await context.CallSubOrchestratorAsync<IReadOnlyList<string>>(nameof(PlayScript), new Script(child.Steps, []), options))})";

        private async Task<string> FailInEntityAsync()
        {
            try
            {
                await context.Entities.CallEntityAsync(Entity, nameof(Journal.Fail), Entity.ToString());
                return "It did not fail.";
            }
            catch (EntityOperationFailedException exception)
            {
                return $"failed {exception.FailureDetails.ErrorType}: {exception.FailureDetails.ErrorMessage}";
            }
        }

        private async Task<string> PauseAsync(Pause pause)
        {
            using CancellationTokenSource cancel = new();
            List<Task<string>> waiters = [.. pause.Waiters.Select(name => context.WaitForExternalEvent<string>(name))];
            if (pause.CancelsNewest)
            {
                _ = context.WaitForExternalEvent<string>(pause.Waiters[^1], cancel.Token);
                cancel.Cancel();
            }

            context.SetCustomStatus(pause.Status);
            await context.WaitForExternalEvent<string>(pause.End);
            return $"{pause.Status}: {string.Join(", ", await Task.WhenAll(waiters))}";
        }

        private async Task<string> WaitInVainAsync(WaitInVain wait)
        {
            try
            {
                return await context.WaitForExternalEvent<string>("never", TimeSpan.FromMilliseconds(wait.Milliseconds));
            }
            catch (OperationCanceledException exception)
            {
                return exception.GetType().Name;
            }
        }

        private static async Task<string> After(Task task, string text)
        {
            await task;
            return text;
        }

        private static async Task<string> CatchAsync(Task<string> call)
        {
            try
            {
                return await call;
            }
            catch (TaskFailedException exception)
            {
                TaskFailureDetails failure = exception.FailureDetails;
                return $"failed {exception.TaskName}: {failure.ErrorType}: {failure.ErrorMessage} ({failure.InnerFailure?.ErrorType})";
            }
        }
    }
}
