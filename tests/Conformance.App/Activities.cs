using System.Diagnostics.CodeAnalysis;
using Microsoft.Azure.Functions.Worker;

namespace Preempt.Conformance.App;

/// <summary>Small activities.</summary>
public class Activities
{
    [Function(nameof(Echo))]
    public string? Echo([ActivityTrigger] string? text) => text;

    [Function(nameof(ReturnNothing))]
    public string? ReturnNothing([ActivityTrigger] string? input) => null;

    [Function(nameof(Fail))]
    public string Fail([ActivityTrigger] string message) =>
        throw new InvalidOperationException(message, new FormatException($"inside {message}"));

    [Function(nameof(FailAsOwn))]
    public string FailAsOwn([ActivityTrigger] string message) => throw new OwnException(message);
}

/// <summary>An exception of the app's own.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It is thrown in one place.")]
public sealed class OwnException(string message) : Exception(message);
