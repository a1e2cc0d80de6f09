using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Preempt.Tests.Shared;

/// <summary>A script and what it needs of npm, of the versions that its folder of <c>tests</c> pins, installed once into <c>artifacts</c>.</summary>
/// <param name="name">The folder.</param>
/// <param name="script">The script in it.</param>
/// <param name="modules">What the script imports of that folder.</param>
internal sealed class NodePackage(string name, string script, params string[] modules)
{
    private const int OldestNode = 20;
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    private readonly string[] _sources = ["package.json", "package-lock.json", script, .. modules];

    /// <summary>Installs what is not installed yet, and returns the script that runs it.</summary>
    /// <exception cref="InvalidOperationException">Node.js is missing or too old, or npm failed.</exception>
    public async Task<string> GetScriptAsync()
    {
        string root = FindRoot();
        string source = Path.Combine(root, "tests", name);
        string cache = Directory.CreateDirectory(Path.Combine(root, "artifacts", name)).FullName;
        string version = await VersionOfAsync(source);
        string target = Path.Combine(cache, version);
        using FileStream alone = await LockAsync(Path.Combine(cache, "lock"));
        string done = Path.Combine(target, "installed");
        if (!File.Exists(done))
        {
            await CheckNodeAsync();
            Directory.CreateDirectory(target);
            foreach (string file in _sources)
                File.Copy(Path.Combine(source, file), Path.Combine(target, file), overwrite: true);
            await RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], target);
            await File.WriteAllTextAsync(done, "");
        }

        return Path.Combine(target, script);
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Functions.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException($"No Functions.sln is above {AppContext.BaseDirectory}.");
    }

    private async Task<string> VersionOfAsync(string source)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in _sources)
            hash.AppendData(await File.ReadAllBytesAsync(Path.Combine(source, file)));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Holds others off, also those of other processes.</summary>
    private static async Task<FileStream> LockAsync(string path)
    {
        using CancellationTokenSource limit = new(InstallLimit);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(LockPoll);
            }
        }
    }

    private async Task CheckNodeAsync()
    {
        string version = (await RunAsync("node", ["--version"], Path.GetTempPath())).Trim();
        if (int.Parse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture) < OldestNode)
            throw new InvalidOperationException($"Node.js is {version}; {name} needs {OldestNode} or later.");
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string directory)
    {
        ProcessStartInfo start = OperatingSystem.IsWindows() && program == "npm"
            ? new("cmd", ["/c", "npm", .. arguments])
            : new(program, arguments);
        start.WorkingDirectory = directory;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Start(start);
        using CancellationTokenSource limit = new(InstallLimit);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {await error}{output}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                $"{start.FileName} does not start: some tests need Node.js {OldestNode} or later, with npm.", exception);
        }
    }
}
