using System.Reflection;
using System.Runtime.CompilerServices;

namespace Preempt.Testing;

/// <summary>
/// Who awaits a task. The runtime keeps that in fields of its own, which debuggers read too: where a later runtime names them otherwise, nobody
/// can tell, and an activity with a delay on the host's clock is taken to wait for it.
/// </summary>
internal static class TaskInternals
{
    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;
    private static readonly Assembly Core = typeof(Task).Assembly;
    private static readonly FieldInfo? AwaitAction = Core.GetType("System.Threading.Tasks.AwaitTaskContinuation")?.GetField("m_action", Private);
    private static readonly FieldInfo? Continued = Core.GetType("System.Threading.Tasks.ContinueWithTaskContinuation")?.GetField("m_task", Private);
    private static readonly Type? Ticks = typeof(PeriodicTimer).GetNestedType("State", BindingFlags.NonPublic);
    private static readonly FieldInfo? TickSource = Ticks?.GetField("_mrvtsc", Private);
    private static readonly FieldInfo? IsTickAwaited = Ticks?.GetField("_activeWait", Private);
    private static readonly FieldInfo? TickAwaiter = TickSource?.FieldType.GetField("_continuationState", Private);

    /// <summary>Finds the task that a timer of the clock completes.</summary>
    /// <param name="timerState">What the timer's callback is given.</param>
    /// <returns>
    /// A delay, or what awaits the next tick of a <see cref="PeriodicTimer"/>; null for any other timer: a deadline, a limit, a callback.
    /// </returns>
    public static Task? FindAwaited(object? timerState)
    {
        if (timerState is Task task)
            return task.GetType().Name.StartsWith("DelayPromise", StringComparison.Ordinal) ? task : null;
        if (timerState is null || timerState.GetType() != Ticks || IsTickAwaited?.GetValue(timerState) is not true)
            return null;
        return TickAwaiter?.GetValue(TickSource?.GetValue(timerState)) as Task;
    }

    /// <summary>Whether timers with this state can be awaited.</summary>
    public static bool CanBeAwaited(object? timerState) => timerState is Task || (timerState is not null && timerState.GetType() == Ticks);

    /// <summary>The tasks of a <see cref="Task.WhenAny(Task[])"/>; null for any other task.</summary>
    public static IEnumerable<Task>? ContestantsOf(Task task)
    {
        Type type = task.GetType();
        if (!type.IsNestedPrivate && !type.IsNestedAssembly)
            return null;
        return type.Name switch
        {
            var name when name.StartsWith("TwoTaskWhenAnyPromise", StringComparison.Ordinal) => [.. ReadTask(task, "_task1"), .. ReadTask(task, "_task2")],
            var name when name.StartsWith("CompleteOnInvokePromise", StringComparison.Ordinal) => Read(task, "_tasks") as IEnumerable<Task> ?? [],
            _ => null,
        };
    }

    /// <summary>Finds what goes on when the task has completed.</summary>
    /// <param name="task">The task.</param>
    /// <param name="followers">Takes the tasks that await it; none where nobody does.</param>
    /// <returns>False where there is something that cannot be told.</returns>
    public static bool TryGetFollowers(Task task, Stack<Task> followers) => ContinuationOf(task) switch
    {
        null => IsAsyncMethodOfUsers(task),
        List<object?> many => TryAddAll(many, followers),
        object one => TryAdd(one, followers),
    };

    private static bool TryAddAll(List<object?> continuations, Stack<Task> followers)
    {
        bool all = true;
        // The runtime takes the same lock to change the list.
        lock (continuations)
        {
            foreach (object? continuation in continuations)
                all &= continuation is null || TryAdd(continuation, followers);
        }

        return all;
    }

    private static bool TryAdd(object continuation, Stack<Task> followers)
    {
        Task? follower = continuation switch
        {
            Task task => task,
            Action action => action.Target as Task,
            _ when AwaitAction?.DeclaringType?.IsInstanceOfType(continuation) == true => (AwaitAction.GetValue(continuation) as Action)?.Target as Task,
            _ when Continued?.DeclaringType?.IsInstanceOfType(continuation) == true => Continued.GetValue(continuation) as Task,
            _ => null,
        };
        if (follower is not null)
            followers.Push(follower);
        return follower is not null;
    }

    /// <summary>
    /// Whether a task that nobody awaits is a delay or an async method of the user's own, which goes on beside the code that began it. One of
    /// the framework's tells by other means that it has ended.
    /// </summary>
    private static bool IsAsyncMethodOfUsers(Task task)
    {
        if (FindAwaited(task) is not null)
            return true;
        Type type = task.GetType();
        return type is { IsGenericType: true, IsNested: true }
            && Array.Find(type.GetGenericArguments(), static argument => argument.IsAssignableTo(typeof(IAsyncStateMachine))) is { } method
            && !method.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal);
    }

    private static IEnumerable<Task> ReadTask(Task task, string field) => Read(task, field) is Task read ? [read] : [];

    private static object? Read(object target, string field) => target.GetType().GetField(field, Private)?.GetValue(target);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
    private static extern ref object? ContinuationOf(Task task);
}
