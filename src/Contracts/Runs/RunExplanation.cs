using System.Collections.Immutable;

namespace Preempt;

/// <summary>The state of a run and how it came about, in words.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">The run's status.</param>
/// <param name="Sentences">Whole sentences, in reading order. Their wording may change.</param>
public sealed record RunExplanation(string RunId, RunStatus Status, ImmutableArray<string> Sentences)
{
    /// <summary>The sentences as one text.</summary>
    public string Text => string.Join(' ', Sentences);
}
