using System.Collections.Immutable;

namespace Preempt.Tests.Runs;

public sealed class RunMetadataTests
{
    [Fact]
    public void Code_finds_an_entry_however_its_name_is_written()
    {
        ImmutableDictionary<string, string> given = RunMetadata.Check(new Dictionary<string, string> { ["Team"] = "Blue" }, most: 1);

        Assert.Equal("Blue", given["tEAM"]);
        Assert.Equal(["Team"], given.Keys);
    }

    [Fact]
    public void A_run_of_an_older_release_keeps_two_entries_of_one_name()
    {
        RunRequest old = new()
        {
            Workflow = "w",
            Version = "1",
            QueuedAt = DateTimeOffset.UnixEpoch,
            Metadata = ImmutableDictionary.CreateRange<string, string>([new("team", "a"), new("Team", "b")]),
        };

        Assert.Equal(("a", "b"), (old.Metadata["team"], old.Metadata["Team"]));
    }
}
