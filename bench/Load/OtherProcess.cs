using System.Diagnostics;

namespace Preempt.Load;

/// <summary>This program, run once more: what it measures does not depend on what was measured before.</summary>
internal static class OtherProcess
{
    /// <summary>Runs it, and calls <paramref name="onLine"/> with each line that it prints.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task RunAsync(IEnumerable<string> arguments, Action<string> onLine)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, Arguments(arguments)) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            onLine(line);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static IEnumerable<string> Arguments(IEnumerable<string> arguments) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? arguments.Prepend(typeof(OtherProcess).Assembly.Location)
            : arguments;
}
