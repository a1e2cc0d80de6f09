using System.Text.Json;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

public sealed class ListTests(AppUnderTest app) : CliTests(app)
{
    [Fact]
    public async Task Runs_are_listed_newest_first_in_columns_for_programs()
    {
        string[] ids = [await StartShortAsync("lab-queue"), await StartShortAsync("lab-queue"), await StartShortAsync("lab-queue")];
        string[] lines = (await Cli.RunAsync("list", "--workflow", "lab-queue", "--key", Group)).Expect(ExitCode.Done).Lines;
        Assert.Equal(ids.Reverse(), lines.Select(line => line.Split('\t')[5]));
        Assert.All(lines, line => Assert.StartsWith($"Succeeded\tlab-queue\t{Group}\t", line, StringComparison.Ordinal));
        CliResult two = (await Cli.RunAsync("list", "-w", "lab-queue", "--key", Group, "--limit", "2", "--json")).Expect(ExitCode.Done);
        JsonElement page = two.Json();
        Assert.Equal(2, page.GetProperty("items").GetArrayLength());
        Assert.Equal(JsonValueKind.String, page.GetProperty("cursor").ValueKind);
        Assert.Equal(3, (await Cli.RunAsync("list", "-w", "lab-queue", "--key", Group, "--limit", "0")).Lines.Length);
    }

    [Fact]
    public async Task A_filter_leaves_out_what_it_does_not_mean()
    {
        CliResult started = await Cli.RunAsync("start", "lab-queue", "-i", Input(0), "-m", $"tag={Group}", "--wait", "--json");
        string id = started.Expect(ExitCode.Done).Json().GetProperty("id").GetString()!;
        string[] filter = ["list", "--workflow", "lab-queue", "--metadata", $"tag={Group}"];
        CliResult found = (await Cli.RunAsync([.. filter, "--status", "succeeded,failed", "--since", "1h"])).Expect(ExitCode.Done);
        Assert.EndsWith(id, Assert.Single(found.Lines), StringComparison.Ordinal);
        Assert.Empty((await Cli.RunAsync([.. filter, "--status", "Queued"])).Expect(ExitCode.Done).Lines);
        Assert.Empty((await Cli.RunAsync([.. filter, "--until", "1h"])).Expect(ExitCode.Done).Lines);
    }

    [Theory]
    [InlineData("--status", "Asleep", "are the statuses")]
    [InlineData("--status", "1", "are the statuses")]
    [InlineData("--metadata", "=x", "name=value")]
    [InlineData("--parent", "..", "parentId")]
    [InlineData("--since", "yesterday", "how long ago")]
    [InlineData("--limit", "-1", "0 or more")]
    [InlineData("--metadata", "x", "name=value")]
    public async Task A_filter_that_means_nothing_is_told(string option, string value, string mentioned) =>
        Assert.Contains(mentioned, (await Cli.RunAsync("list", option, value)).Expect(ExitCode.Invalid).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_run_is_explained_in_words()
    {
        string id = await StartShortAsync();
        Assert.NotEmpty((await Cli.RunAsync("explain", id)).Expect(ExitCode.Done).Lines);
        Assert.NotEqual(0, (await Cli.RunAsync("explain", id, "--json")).Json().GetProperty("sentences").GetArrayLength());
        (await Cli.RunAsync("explain", "no-such-run")).Expect(ExitCode.NotFound);
    }

    [Fact]
    public async Task A_run_is_replayed_once_it_has_ended()
    {
        string id = await StartShortAsync("lab-queue");
        string other = (await Cli.RunAsync("replay", id)).Expect(ExitCode.Done).Output.Trim();
        Assert.NotEqual(id, other);
        (await Cli.RunAsync("get", other, "--wait")).Expect(ExitCode.Done);
        string running = await StartLongAsync("lab-plain");
        (await Cli.RunAsync("replay", running)).Expect(ExitCode.Conflict);
        (await Cli.RunAsync("replay")).Expect(ExitCode.Invalid);
    }

    [Fact]
    public async Task All_runs_of_a_filter_are_counted_cancelled_and_replayed()
    {
        string[] filter = ["--workflow", "lab-queue", "--key", Group];
        for (int i = 0; i < 3; i++)
            await StartWaitingAsync("lab-queue");
        Assert.Equal("3 runs\n", (await Cli.RunAsync(["cancel", .. filter, "--dry-run"])).Expect(ExitCode.Done).Output);
        CliResult cancelled = (await Cli.RunAsync(["cancel", .. filter, "--yes", "--reason", "bulk"])).Expect(ExitCode.Done);
        Assert.Equal("bulk-cancel Succeeded: 3 of 3 runs done, 0 needed nothing, 0 failed\n", cancelled.Output);
        JsonElement replayed = (await Cli.RunAsync(["replay", .. filter, "--yes", "--json"])).Expect(ExitCode.Done).Json();
        Assert.Equal(3, replayed.GetProperty("done").GetInt32());
        string operation = replayed.GetProperty("id").GetString()!;
        CliResult shown = (await Cli.RunAsync("operation", operation, "--wait")).Expect(ExitCode.Done);
        Assert.StartsWith("bulk-replay Succeeded", shown.Output, StringComparison.Ordinal);
        (await Cli.RunAsync(["cancel", .. filter, "--yes"])).Expect(ExitCode.Done);
        (await Cli.RunAsync("operation", "no-such-operation")).Expect(ExitCode.NotFound);
    }
}
