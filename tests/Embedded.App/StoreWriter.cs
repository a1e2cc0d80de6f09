using System.Globalization;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.App;

/// <summary>
/// Several writers, each with an instance, an entity and a message of its own. Every commit of a writer has the next number in all
/// of them; once it is acknowledged the writer writes <c>id number</c>. It goes on where the process before it was killed.
/// </summary>
internal static class StoreWriter
{
    private const int Writers = 4;

    public static int Run(string directory)
    {
        using SqliteStore store = SqliteStore.Open(directory);
        Console.WriteLine("open");
        TaskCompletionSource<Exception> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Unfinished unfinished = store.ReadUnfinished();
        for (int writer = 0; writer < Writers; writer++)
        {
            string id = $"w{writer}";
            int last = unfinished.Instances.FirstOrDefault(header => header.InstanceId == id) is { } header ? int.Parse(header.CustomStatus!, CultureInfo.InvariantCulture) : 0;
            long message = unfinished.Deliveries.FirstOrDefault(delivery => delivery.Target == id)?.Sequence ?? 0;
            Write(store, id, last + 1, message, failed);
        }

        Console.WriteLine($"failed {failed.Task.Result.Message}");
        return 1;
    }

    private static void Write(SqliteStore store, string id, int number, long lastMessage, TaskCompletionSource<Exception> failed)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        InstanceHeader header = new()
        {
            InstanceId = id,
            Name = "Writer",
            ExecutionId = "first",
            Status = OrchestrationRuntimeStatus.Running,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UtcNow,
            CustomStatus = text,
        };
        Commit commit = new() { Entity = new EntityRecord($"@writer@{id}", text, header.UpdatedAt) };
        if (number == 1)
            commit.Started.Add(header);
        commit.Header = header;
        commit.History.Add(new TimerFired(number));
        commit.Deliveries.Add(new Delivery(id, new TimerFired(number)));
        if (lastMessage != 0)
            commit.Consumed.Add(lastMessage);
        store.Commit(commit, failure =>
        {
            if (failure is not null)
            {
                failed.TrySetResult(failure);
                return;
            }

            Console.WriteLine($"{id} {text}");
            Write(store, id, number + 1, commit.Deliveries[0].Sequence, failed);
        });
    }
}
