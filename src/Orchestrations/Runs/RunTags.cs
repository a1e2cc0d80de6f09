using System.Collections.Immutable;

namespace Preempt;

/// <summary>What a run's orchestration is tagged with, so that other tools can tell runs apart without knowing Preempt.</summary>
internal static class RunTags
{
    public const string Workflow = "preempt.workflow";
    public const string Key = "preempt.key";
    public const string Version = "preempt.version";

    /// <summary>The most characters of a key; a longer one is cut.</summary>
    public const int MaxKeyLength = 100;

    public static ImmutableDictionary<string, string> Of(RunRequest request)
    {
        ImmutableDictionary<string, string> tags = ImmutableDictionary<string, string>.Empty
            .Add(Workflow, request.Workflow)
            .Add(Version, request.Version);
        return request.Gates is [var gate, ..] ? tags.Add(Key, Excerpt.Shorten(gate.Key, MaxKeyLength)) : tags;
    }
}
