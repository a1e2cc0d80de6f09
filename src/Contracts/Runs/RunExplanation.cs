using System.Collections.Immutable;

namespace Preempt;

/// <summary>How a run got where it is, in words for people.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Sentences">Whole sentences, to be read in this order. Their wording is not part of any contract.</param>
public sealed record RunExplanation(string RunId, RunStatus Status, ImmutableArray<string> Sentences)
{
    /// <summary>The sentences as one text.</summary>
    public string Text => string.Join(' ', Sentences);
}
