using System.Diagnostics;

namespace Preempt.Packages.Tests;

/// <summary>The command <c>dotnet</c>, as a user runs it.</summary>
internal static class Dotnet
{
    /// <summary>What a restore over a slow network takes, on a slow machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Runs a command to its end, and returns what it wrote.</summary>
    /// <param name="directory">Where it runs.</param>
    /// <param name="arguments">What is typed after <c>dotnet</c>.</param>
    /// <exception cref="InvalidOperationException">It failed or took too long; the message has what it wrote.</exception>
    public static async Task<string> RunAsync(string directory, params string[] arguments)
    {
        using Process process = Process.Start(Describe(directory, arguments))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        bool isInTime = true;
        try
        {
            using CancellationTokenSource limit = new(Limit);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            isInTime = false;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        string written = $"{await output}\n{await error}";
        string end = isInTime ? $"exit code {process.ExitCode}" : $"it had not ended after {Limit}";
        return isInTime && process.ExitCode == 0
            ? written
            : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)}: {end}\n{written}");
    }

    /// <summary>What starts a command.</summary>
    public static ProcessStartInfo Describe(string directory, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // No build server outlives the test, and the build that runs the test tells this one nothing.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            if (name != "MSBUILDDISABLENODEREUSE")
                start.Environment.Remove(name);
        }

        return start;
    }
}
