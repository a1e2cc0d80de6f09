using Microsoft.DurableTask;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Engine;

/// <summary>
/// Answers for which an orchestration would wait for ever, because the message, or the row, that they depend on is damaged in the store. Each call is
/// stored with its message, and each answer with the end of what it answers, so that a call without either is known to be lost.
/// </summary>
internal sealed class LostAnswers(DurableEngine engine, Unfinished unfinished)
{
    private readonly HashSet<EntityCaller> _calls = [.. unfinished.Requests.Select(request => request.Caller).OfType<EntityCaller>()];

    private bool IsAnyMessageLost => unfinished.Unreadable.Count > 0;

    /// <summary>The answer to an open decision of an instance that nobody else will give; null where there is nothing lost.</summary>
    public HistoryEvent? Find(InstanceHeader instance, Decision open) => open switch
    {
        EntityCalled call when IsAnyMessageLost && !_calls.Contains(new EntityCaller(instance.InstanceId, instance.ExecutionId, call.Id)) =>
            Failed(call.Id, $"The call of '{call.Entity}', or its answer, cannot be read in the store."),
        ChildStarted child => Find(instance, child),
        _ => null,
    };

    private HistoryEvent? Find(InstanceHeader instance, ChildStarted child)
    {
        InstanceHeader? live = engine.Instances.Find(child.InstanceId)?.Header;
        if (live is { Parent: null, Damage: { IsFatal: true } damage })
            return Failed(child.Id, damage.Message);
        ParentLink link = new(instance.InstanceId, instance.Name, instance.ExecutionId, child.Id);
        if (!IsAnyMessageLost || live?.Parent == link)
            return null;
        return engine.Store.FindInstance(child.InstanceId) is { HasEnded: true } ended && ended.Parent == link
            ? Turn.AnswerOf(ended, child.Id)
            : Failed(child.Id, $"The answer of sub-orchestration '{child.InstanceId}' cannot be read in the store.");
    }

    private static TaskFailed Failed(int id, string message) => new(id, TaskFailureDetails.FromException(new InvalidDataException(message)));
}
