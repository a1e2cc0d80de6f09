using Preempt.FunctionsHost.Protocol;

namespace Preempt.FunctionsHost.Invocations;

/// <summary>
/// A function threw in the worker. The durable extension takes the text apart again, and so gives an orchestrator the message of the
/// exception that its activity threw: the labels and their order are its contract.
/// </summary>
internal sealed class InvocationFailedException(StatusResult result) :
    Exception($"Result: {result.Result}\nException: {result.Exception?.Message}\nStack: {result.Exception?.StackTrace}");
