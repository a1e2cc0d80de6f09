using System.Text.Json;
using Preempt.Cli.Output;
using Preempt.Tests.Shared;

namespace Preempt.Cli.Tests;

/// <summary>What the app says is shown, and never obeyed.</summary>
public sealed class SafetyTests
{
    private const string Hostile = """
        {
          "id": "a", "workflow": "w\u001b[2J", "version": "1", "key": "k\u009b31m\r\n", "status": "Succeeded",
          "queuedAt": "2026-01-01T00:00:00Z", "output": "\u202edesrever\u001b]0;title\u0007", "metadata": { "x\u0000": "\u2028" },
          "error": { "type": "T", "message": "[red]not markup[/]\u001b[31m" }
        }
        """;

    [Theory]
    [InlineData("a\u001b[31mb\u0007", "a\\u{1b}[31mb\\u{7}")]
    [InlineData("line\r\nline\ttab", "line\\r\\nline\\ttab")]
    [InlineData("\u009b\u202e\u2028\ufeff", "\\u{9b}\\u{202e}\\u{2028}\\u{feff}")]
    [InlineData("ünïcödé 漢字 😀", "ünïcödé 漢字 😀")]
    public void Text_from_elsewhere_cannot_move_the_cursor_or_reorder_text(string text, string shown) =>
        Assert.Equal(shown, SafeText.Of(text));

    [Fact]
    public void Half_a_character_is_shown_as_one_that_is_unknown() => Assert.Equal("a\ufffdb", SafeText.Of("a\ud800b"));

    [Theory]
    [InlineData("get", "a")]
    [InlineData("get", "a", "--json")]
    [InlineData("watch", "a")]
    [InlineData("watch", "a", "--json")]
    [InlineData("cancel", "a")]
    public async Task What_the_app_says_is_made_safe_in_every_form(params string[] arguments)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, Hostile);
        using CliProcess cli = new(server.Address);
        CliResult result = (await cli.RunAsync(arguments)).Expect(ExitCode.Done);
        Assert.DoesNotContain(result.Output, character => char.IsControl(character) && character is not ('\n' or '\t'));
        Assert.DoesNotContain(result.Output, character => character is '\u202e' or '\u2028');
    }

    [Fact]
    public async Task What_is_shown_as_json_is_still_the_same_json()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, Hostile);
        using CliProcess cli = new(server.Address);
        JsonElement run = (await cli.RunAsync("get", "a", "--json")).Json();
        Assert.Equal("\u202edesrever\u001b]0;title\u0007", run.GetProperty("output").GetString());
    }

    [Fact]
    public async Task An_error_of_another_server_is_made_safe()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(500, "\u001b[2J[red]", "text/plain");
        using CliProcess cli = new(server.Address);
        CliResult result = (await cli.RunAsync("cancel", "a")).Expect(ExitCode.Unavailable);
        Assert.Contains("\\u{1b}[2J[red]", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Error);
    }
}
