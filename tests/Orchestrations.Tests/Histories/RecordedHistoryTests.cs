using DurableTask.Core.History;

namespace Preempt.Tests.Histories;

/// <summary>
/// Runs in flight survive a newer Preempt: histories that were recorded when a version of the run protocol was made are replayed on today's code,
/// which has to decide the same on every turn. A failure means that the change needs a new version, see <see cref="RunProtocol"/>.
/// <c>PREEMPT_RECORD_HISTORIES=1</c> records those that are missing, and never replaces one (CONTRIBUTING.md).
/// </summary>
public sealed class RecordedHistoryTests
{
    public static TheoryData<string> Files => !Directory.Exists(RecordedHistory.Folder) ? [] :
    [
        .. Directory.GetFiles(RecordedHistory.Folder, "*.json", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(RecordedHistory.Folder, path)).Order(),
    ];

    public static TheoryData<string> Scenarios => [.. Recording.Scenarios.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void Todays_code_decides_on_a_recorded_history_what_was_decided_then(string file)
    {
        HistoryReplay replay = new(RecordedHistory.Load(Path.Combine(RecordedHistory.Folder, file)));
        int turns = 0;
        foreach (HistoryReplay.Turn turn in replay.Play())
        {
            turns++;
            Assert.True(
                turn.Recorded.SequenceEqual(turn.Replayed),
                $"""
                Turn {turns}, at {turn.At:O}, decided otherwise than when it was recorded: runs in flight would not survive this change.
                recorded:
                  {string.Join("\n  ", turn.Recorded)}
                now:
                  {string.Join("\n  ", turn.Replayed)}
                """);
        }

        Assert.True(turns > 0, "The history has no turn.");
    }

    /// <summary>What is recorded must be what this version does, or the files show nothing of it.</summary>
    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_scenario_is_recorded_at_the_version_at_which_runs_are_accepted(string scenario)
    {
        bool records = Environment.GetEnvironmentVariable("PREEMPT_RECORD_HISTORIES") == "1";
        string folder = records ? RecordedHistory.SourceFolder() : Path.Combine(RecordedHistory.Folder, FormattableString.Invariant($"v{RunProtocol.Accepted}"));
        foreach ((string name, RecordedHistory history) in Recording.Play(scenario))
        {
            string path = Path.Combine(folder, $"{name}.json");
            if (!File.Exists(path) && records)
            {
                Directory.CreateDirectory(folder);
                history.Save(path);
            }

            Assert.True(File.Exists(path), $"There is no {name}.json of this version: record it with PREEMPT_RECORD_HISTORIES=1.");
            RecordedHistory kept = RecordedHistory.Load(path);
            Assert.Equal((history.InstanceId, history.Status, history.Outcome), (kept.InstanceId, kept.Status, kept.Outcome));
            Assert.Equal(history.Events.OfType<OrchestratorStartedEvent>().Count(), kept.Events.OfType<OrchestratorStartedEvent>().Count());
        }
    }
}
