namespace Preempt;

/// <summary>
/// A program that a step runs as a child process. Arguments are passed without a shell: a space or a quote
/// in one needs no escape.
/// </summary>
/// <param name="Program">
/// A name in <c>PATH</c>, or a path; a relative path begins at <see cref="WorkingDirectory"/>.
/// </param>
/// <param name="Arguments">The program's arguments.</param>
/// <example><code>
/// ProcessResult result = await step.RunProcessAsync(new ProcessOptions("ffmpeg", "-i", video, "-y", target));
/// result.EnsureSuccess();
/// </code></example>
public sealed record ProcessOptions(string Program, params IReadOnlyList<string> Arguments)
{
    private const int LargestMaxLineLength = 65_536;
    private const int LargestMaxCaptured = 1_048_576;
    private const int LongestStandardInput = 16_777_216;
    private static readonly TimeSpan LongestNotice = TimeSpan.FromHours(1);

    /// <summary>The program's working directory; by default the app's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// Names of the app's environment variables that the program gets too; <c>"*"</c> means all of them, secrets included. By default it
    /// gets only the variables for paths, the user, the language, the time zone and temporary files (<c>PATH</c>, <c>HOME</c>,
    /// <c>LANG</c>, <c>TZ</c> ...).
    /// </summary>
    public IReadOnlyList<string> InheritedVariables { get; init; } = [];

    /// <summary>Variables that are added or replaced; a null value removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Text for the standard input, as UTF-8, up to 16 MiB of characters; empty by default.</summary>
    public string? StandardInput { get; init; }

    /// <summary>
    /// How long the program and the processes that it has started may take to end after SIGTERM; then they
    /// are killed. 5 seconds by default, an hour at most. Keep it below the run's grace. On Windows they are killed at once.
    /// </summary>
    public Duration Notice { get; init; } = Duration.FromSeconds(5);

    /// <summary>How many characters of a line of output are logged. 2,000 by default, 65,536 at most.</summary>
    public int MaxLineLength { get; init; } = 2_000;

    /// <summary>How many characters of the end of each output are in the result. 8,192 by default, 1,048,576 at most.</summary>
    public int MaxCaptured { get; init; } = 8_192;

    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    internal void Validate()
    {
        Check(Program.Length > 0, nameof(Program), "it is empty");
        Check(!HasNul(Program), nameof(Program), "it has a NUL character");
        Check(!Arguments.Any(argument => argument is null || HasNul(argument)), nameof(Arguments), "one is null or has a NUL character");
        Check(WorkingDirectory is not { Length: 0 }, nameof(WorkingDirectory), "it is empty; use null for the app's own directory");
        Check(
            WorkingDirectory is null || Directory.Exists(WorkingDirectory), nameof(WorkingDirectory), $"there is no \"{WorkingDirectory}\"");
        foreach (string name in InheritedVariables)
            Check(IsName(name), nameof(InheritedVariables), $"\"{name}\" is no name of a variable");
        foreach ((string name, string? value) in Environment)
        {
            Check(IsName(name), nameof(Environment), $"\"{name}\" is no name of a variable");
            Check(value is null || !HasNul(value), nameof(Environment), $"the value of \"{name}\" has a NUL character");
        }

        Check(
            StandardInput is not { Length: > LongestStandardInput },
            nameof(StandardInput),
            $"{LongestStandardInput} characters at most, and it has {StandardInput?.Length}. Write a longer text to a file");
        Check(!Notice.IsNever && Notice.Value <= LongestNotice, nameof(Notice), $"{(Duration)LongestNotice} at most; this is {Notice}");
        CheckRange(MaxLineLength, 1, LargestMaxLineLength, nameof(MaxLineLength));
        CheckRange(MaxCaptured, 0, LargestMaxCaptured, nameof(MaxCaptured));
    }

    private static bool IsName(string? name) => name is { Length: > 0 } && !name.Contains('=') && !HasNul(name);

    private static bool HasNul(string text) => text.Contains('\0');

    private void CheckRange(int value, int least, int most, string option) =>
        Check(value >= least && value <= most, option, $"{least} to {most} is allowed; this is {value}");

    private void Check(bool isGood, string option, string problem)
    {
        if (!isGood)
            throw new ArgumentException($"The process \"{Program}\": {option}: {problem}.");
    }
}
