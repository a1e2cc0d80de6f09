namespace Preempt.Testing;

/// <summary>
/// The tasks that cannot complete before the host's clock moves on: its delays, and whatever awaits them. A method awaits one task at a time,
/// so it waits on the clock when that task does. <see cref="Task.WhenAny(Task[])"/> waits on the clock when all of its tasks do: a delay that
/// races with other work is that work's limit. <see cref="Task.WhenAll(Task[])"/> does when one of its tasks does.
/// </summary>
internal sealed class AwaitGraph
{
    private readonly HashSet<Task> _tasks = [];
    private readonly HashSet<RunningWork> _unknown = [];
    private readonly Stack<Task> _open = new();

    /// <summary>Whether the work can only go on when the clock does.</summary>
    public bool Has(RunningWork work) => _tasks.Contains(work.Task) || _unknown.Contains(work);

    /// <summary>Takes in a task that the clock completes, and all that awaits it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="owner">The work in which it was made: it is taken to wait where nobody can tell who awaits the task.</param>
    public void Add(Task task, RunningWork? owner)
    {
        _open.Push(task);
        while (_open.TryPop(out Task? next))
        {
            if (!IsOnClock(next) || !_tasks.Add(next))
                continue;
            if (!TaskInternals.TryGetFollowers(next, _open) && owner is not null)
                _unknown.Add(owner);
        }
    }

    private bool IsOnClock(Task task) => TaskInternals.ContestantsOf(task) is not { } contestants || contestants.All(_tasks.Contains);
}
