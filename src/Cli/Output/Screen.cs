using System.Text.Encodings.Web;
using System.Text.Json;
using Preempt.Client.Json;
using Spectre.Console;

namespace Preempt.Cli.Output;

/// <summary>Where the tool writes: results to the standard output, all else to the standard error.</summary>
internal sealed class Screen
{
    private static readonly JsonSerializerOptions Lines = new(ClientJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Indented = new(Lines) { WriteIndented = true };

    /// <summary>Lines are wrapped by the terminal, so that what is copied from it is whole.</summary>
    private const int NoWrapping = 100_000;

    private readonly IAnsiConsole _lines;
    private readonly IAnsiConsole _error;

    public Screen(bool isJson)
    {
        IsJson = isJson;
        IsTerminal = !isJson && IsTerminalFor(Console.IsOutputRedirected);
        Live = AnsiConsole.Console;
        _lines = Create(Console.Out, IsTerminal);
        _error = Create(Console.Error, IsErrorTerminal);
    }

    /// <summary>Whether results are JSON.</summary>
    public bool IsJson { get; }

    /// <summary>Whether a person looks at the results: colours, tables, and things that move.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether a person looks at the standard error: bars that move while the tool waits.</summary>
    public bool IsErrorTerminal { get; } = IsTerminalFor(Console.IsErrorRedirected);

    /// <summary>Whether a person can be asked.</summary>
    public static bool CanAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Asks a person; no answer is a no.</summary>
    public bool Ask(string question)
    {
        _error.Write(SafeText.Of(question) + " [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>The terminal of the results, for what moves.</summary>
    public IAnsiConsole Live { get; }

    /// <summary>The terminal of the standard error, for what moves.</summary>
    public static IAnsiConsole CreateLiveError() =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Writes a value as a JSON document.</summary>
    public static void WriteJson(object value) => Console.Out.WriteLine(ToJson(value, Indented));

    /// <summary>Writes a value as one line of JSON.</summary>
    public static void WriteJsonLine(object value) => Console.Out.WriteLine(ToJson(value, Lines));

    /// <summary>JSON of a value in one line, safe to show.</summary>
    public static string ToText(JsonElement json, int maxLength = 2000) => SafeText.Of(ToJson(json, Lines), maxLength);

    /// <summary>Writes pieces of text, each in its colour, as one line. What they say is made safe; tabs stay.</summary>
    public void WriteLine(params ReadOnlySpan<Piece> pieces)
    {
        Paragraph line = new();
        foreach (Piece piece in pieces)
            line.Append(SafeText.Of(piece.Text, keepTabs: true), piece.Color is { } color ? new Style(color) : Style.Plain);
        _lines.Write(line);
        _lines.WriteLine();
    }

    /// <summary>Writes cells with tabs between them.</summary>
    public void WriteRow(params IEnumerable<string> cells) => WriteLine(string.Join('\t', cells.Select(cell => SafeText.Of(cell))));

    /// <summary>Tells a person something beside the results.</summary>
    public void Note(string text) => _error.WriteLine(SafeLines(text));

    /// <summary>Tells a person what to look at, beside the results.</summary>
    public void Warn(string text) => _error.MarkupLineInterpolated($"[yellow]warning:[/] {SafeLines(text)}");

    /// <summary>Says what went wrong.</summary>
    public void Fail(string text) => _error.MarkupLineInterpolated($"[red]error:[/] {SafeLines(text)}");

    /// <summary>Says what went wrong, to a program.</summary>
    public static void FailJson(object problem) => Console.Error.WriteLine(ToJson(problem, Lines));

    private static string SafeLines(string text) => string.Join('\n', text.Split('\n').Select(line => SafeText.Of(line)));

    private static string ToJson(object value, JsonSerializerOptions options) =>
        SafeText.InJson(JsonSerializer.Serialize(value, value.GetType(), options));

    private static bool IsTerminalFor(bool isRedirected) => !isRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = NoWrapping;
        return console;
    }
}

/// <summary>A piece of a line.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Color">Its colour, in a terminal that has colours.</param>
internal readonly record struct Piece(string Text, Color? Color = null)
{
    public static implicit operator Piece(string? text) => new(text ?? "");
}
