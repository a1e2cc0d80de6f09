using Preempt.Cli.Commands;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

/// <summary>Parts of run ids instead of whole ones.</summary>
public sealed class RunIdTests(AppUnderTest app) : CliTests(app)
{
    /// <summary>What ids begin with that a caller chose.</summary>
    private readonly string _own = $"order-{Guid.NewGuid():N}";

    private const string Made = "chat-reply:-:0192f3a4b5c67d8e9f00112233445566";

    [Theory]
    [InlineData("45566", true)]
    [InlineData("chat-reply:-:0192f3", true)]
    [InlineData("chat-rep", true)]
    [InlineData("0192f3a4", true)]
    [InlineData("chat-reply…33445566", true)]
    [InlineData("chat-reply…00000000", false)]
    [InlineData("f3a4b5", false)]
    [InlineData("45567", false)]
    public void A_text_stands_for_an_id_that_begins_or_ends_with_it(string text, bool matches) => Assert.Equal(matches, ShortId.Matches(text, Made));

    [Theory]
    [InlineData("45566", Made, true)]
    [InlineData("chat-reply:-:0192f3", Made, true)]
    [InlineData("chat-reply", Made, false)]
    [InlineData("chat-reply:-:", Made, false)]
    [InlineData("order-1", "order-10", false)]
    [InlineData("er-10", "order-10", false)]
    public void A_run_is_changed_only_by_a_text_that_can_mean_no_other(string text, string id, bool isClear) =>
        Assert.Equal(isClear, ShortId.IsClear(text, id));

    [Theory]
    [InlineData("abc", null)]
    [InlineData("abcd", "abcd")]
    [InlineData("ab…cdef", "cdef")]
    public void A_text_that_is_too_short_is_not_searched_for(string text, string? searched) => Assert.Equal(searched, ShortId.ToSearch(text));

    [Fact]
    public async Task A_run_is_found_by_the_end_of_its_id()
    {
        string id = await StartShortAsync();
        foreach (string part in new[] { id[^12..], $"lab-plain…{id[^12..]}", id[..^4] })
            Assert.Equal($"id        {id}", (await Cli.RunAsync("get", part)).Expect(ExitCode.Done).Lines[0]);
        Assert.NotEmpty((await Cli.RunAsync("explain", id[^12..])).Expect(ExitCode.Done).Lines);
        Assert.EndsWith($"\t{id}", Assert.Single((await Cli.RunAsync("watch", id[^12..])).Expect(ExitCode.Done).Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_changed_by_the_end_of_its_id_and_told_whole()
    {
        string id = await StartLongAsync("lab-plain");
        CliResult cancelled = (await Cli.RunAsync("cancel", id[^12..], "--wait")).Expect(ExitCode.Done);
        Assert.StartsWith($"{id}: ", cancelled.Output, StringComparison.Ordinal);
        Assert.Equal($"{id[^12..]} is {id}\n", cancelled.Error);
        Assert.Equal($"{id}: deleted\n", (await Cli.RunAsync("delete", id[^12..])).Expect(ExitCode.Done).Output);
    }

    [Fact]
    public async Task A_text_that_several_ids_begin_with_is_told_with_them()
    {
        string[] ids = [$"{_own}-1", $"{_own}-2"];
        foreach (string id in ids)
            (await Cli.RunAsync("start", "lab-plain", "--input", Input(0), "--run-id", id, "--wait")).Expect(ExitCode.Done);
        CliResult result = (await Cli.RunAsync("get", _own)).Expect(ExitCode.Invalid);
        Assert.All(ids, id => Assert.Contains(id, result.Error, StringComparison.Ordinal));
        Assert.Equal($"id        {ids[1]}", (await Cli.RunAsync("get", $"{_own[^8..]}-2")).Expect(ExitCode.Done).Lines[0]);
    }

    [Fact]
    public async Task An_id_that_a_caller_chose_stands_for_no_other_when_a_run_is_changed()
    {
        string id = $"{_own}-10";
        (await Cli.RunAsync("start", "lab-plain", "--input", Input(0), "--run-id", id, "--wait")).Expect(ExitCode.Done);
        CliResult result = (await Cli.RunAsync("delete", $"{_own}-1")).Expect(ExitCode.Invalid);
        Assert.Contains($"If you mean {id}", result.Error, StringComparison.Ordinal);
        (await Cli.RunAsync("get", id)).Expect(ExitCode.Done);
    }
}
