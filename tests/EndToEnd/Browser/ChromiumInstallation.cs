using System.ComponentModel;
using System.Diagnostics;

namespace Preempt.EndToEnd.Browser;

/// <summary>Chromium, from the system's packages where it is not there.</summary>
internal static class ChromiumInstallation
{
    private const string Program = "/usr/bin/chromium";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Once for all tests: apt-get has a lock, and refuses a second one beside it.</summary>
    private static readonly Lazy<Task<string?>> Installation = new(InstallAsync);

    /// <summary>The browser's path. Without one the test is skipped, but not where CI runs it.</summary>
    public static async Task<string> GetProgramAsync()
    {
        if (!File.Exists(Program) && await Installation.Value is { } problem)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is { Length: > 0 }, $"There is no {Program}, and it cannot be installed: {problem}");
            Assert.Fail($"There is no {Program}, and it cannot be installed: {problem}");
        }

        return Program;
    }

    private static async Task<string?> InstallAsync() =>
        await RunAsync("update", "-qq") ?? await RunAsync("install", "-y", "-qq", "--no-install-recommends", "chromium");

    private static async Task<string?> RunAsync(params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("apt-get", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" },
            })!;
            using CancellationTokenSource limit = new(Limit);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? null : $"apt-get {string.Join(' ', arguments)}: {await error}";
        }
        catch (Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
