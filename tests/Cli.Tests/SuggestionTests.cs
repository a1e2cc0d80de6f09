using Preempt.Cli.Output;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

public sealed class SuggestionTests(AppUnderTest app) : CliTests(app)
{
    [Theory]
    [InlineData("strat", "start")]
    [InlineData("canel", "cancel")]
    [InlineData("operatoins", "operations")]
    [InlineData("expl", "explain")]
    [InlineData("Canceled", "Cancelled")]
    [InlineData("nonsense", "")]
    [InlineData("x", "")]
    public void The_nearest_known_word_is_found(string typed, string meant) => Assert.Equal(
        meant,
        string.Join(' ', Suggestion.Find(typed, ["start", "stats", "cancel", "operations", "explain", "Cancelled", "Succeeded"])));

    [Theory]
    [InlineData("Did you mean start?", "strat")]
    [InlineData("Did you mean --reason?", "cancel", "a", "--raeson", "x")]
    [InlineData("Did you mean --json?", "list", "--jsno")]
    [InlineData("Did you mean Cancelled?", "list", "--status", "Canceled")]
    [InlineData("Did you mean lab-plain?", "start", "lab-plian")]
    [InlineData("Did you mean lab-queue?", "gates", "lab-qeue")]
    [InlineData("Did you mean lab-plain?", "list", "--workflow", "lab-plian")]
    [InlineData("Did you mean lab-plain?", "cancel", "--workflow", "lab-plian", "--dry-run")]
    public async Task What_is_mistyped_is_answered_with_what_is_meant(string suggestion, params string[] arguments) =>
        Assert.Contains(suggestion, (await Cli.RunAsync(arguments)).Error, StringComparison.Ordinal);
}
