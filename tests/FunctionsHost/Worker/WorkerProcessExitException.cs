namespace Preempt.FunctionsHost.Worker;

/// <summary>
/// The worker died with an invocation on it. The durable extension knows this exception by the end of its type's name: an
/// orchestrator's turn is then taken again, and an activity fails.
/// </summary>
internal sealed class WorkerProcessExitException(string message) : Exception(message);
