using System.Diagnostics;

namespace Preempt.Cli.Tests;

public sealed class PackagingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_tool_is_packed_and_installed_from_a_folder()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("preempt-tool-");
        try
        {
            // The tool lies in bin/<configuration>/<framework> of its project.
            DirectoryInfo configuration = new FileInfo(CliProcess.AssemblyPath).Directory!.Parent!;
            string project = Path.Combine(configuration.Parent!.Parent!.FullName, "Cli.csproj");
            string[] pack = ["pack", project, "--no-build", "--configuration", configuration.Name, "--output", folder.FullName];
            await RunAsync(folder, CliProcess.Dotnet, pack);
            string[] install = ["tool", "install", "Preempt.Cli", "--tool-path", "tools", "--source", folder.FullName];
            await RunAsync(folder, CliProcess.Dotnet, install);
            string help = await RunAsync(folder, Path.Combine(folder.FullName, "tools", "preempt"), "--help");
            Assert.Contains("preempt [command] [options]", help, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(DirectoryInfo folder, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // No build server outlives the test, and no package of an earlier test is taken for this one.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["NUGET_PACKAGES"] = Path.Combine(folder.FullName, "cache");
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: exit code {process.ExitCode}\n{await output}\n{await error}");
        return await output;
    }
}
