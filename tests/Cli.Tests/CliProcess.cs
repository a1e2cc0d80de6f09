using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Preempt.Cli.Tests;

/// <summary>The tool as a process of its own, as a user runs it: with a home directory without settings.</summary>
internal sealed class CliProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>What is started in the background ignores Ctrl+C, and so do its children. With this option of <c>env</c> it is heard.</summary>
    private const string HearsControlC = "--default-signal=INT";

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("preempt-cli-");
    private readonly Dictionary<string, string?> _environment = new()
    {
        ["PREEMPT_BASE_URL"] = null,
        ["PREEMPT_API_KEY"] = null,
        ["PREEMPT_CONFIG"] = null,
        ["NO_COLOR"] = null,
        ["TERM"] = "xterm-256color",
    };

    public CliProcess(Uri? baseUrl)
    {
        _environment["HOME"] = _home.FullName;
        _environment["XDG_CONFIG_HOME"] = Path.Combine(_home.FullName, ".config");
        _environment["PREEMPT_BASE_URL"] = baseUrl?.ToString();
    }

    public static string AssemblyPath { get; } = typeof(CliProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "CliAssembly").Value!;

    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Where the tool looks for its settings.</summary>
    public string SettingsPath => Path.Combine(_home.FullName, ".config", "preempt", "config.json");

    /// <summary>A path in the tool's home directory, which is its working directory.</summary>
    public string PathOf(string name) => Path.Combine(_home.FullName, name);

    public CliProcess With(string variable, string? value)
    {
        _environment[variable] = value;
        return this;
    }

    public void Dispose() => _home.Delete(recursive: true);

    /// <summary>Runs the tool to its end.</summary>
    public Task<CliResult> RunAsync(params string[] arguments) => RunAsync(arguments, input: "");

    /// <summary>Runs the tool to its end.</summary>
    /// <param name="arguments">What is typed after its name.</param>
    /// <param name="input">What it reads from its standard input.</param>
    public async Task<CliResult> RunAsync(string[] arguments, string input)
    {
        using Process process = Start(Dotnet, [AssemblyPath, .. arguments]);
        return await FinishAsync(process, arguments, input);
    }

    /// <summary>Runs the tool, and interrupts it as Ctrl+C does.</summary>
    public async Task<CliResult> InterruptAsync(string[] arguments, Func<Task> until)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Ctrl+C is sent with the tools of Linux.");
        using Process process = Start("env", [HearsControlC, Dotnet, AssemblyPath, .. arguments]);
        await until();
        using Process kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return await FinishAsync(process, arguments, "");
    }

    /// <summary>Runs the tool in a pseudo-terminal to its end.</summary>
    public Task<CliResult> RunInTerminalAsync(params string[] arguments) =>
        RunInTerminalAsync(arguments, isDrawn: static _ => true, then: static () => Task.CompletedTask);

    /// <summary>Runs the tool in a pseudo-terminal.</summary>
    /// <param name="arguments">What is typed after its name.</param>
    /// <param name="isDrawn">What is waited for: told of all that the tool has written so far.</param>
    /// <param name="then">What is done when that is there.</param>
    /// <param name="typed">What is typed after it. The tool is to end by itself then.</param>
    public async Task<CliResult> RunInTerminalAsync(string[] arguments, Func<string, bool> isDrawn, Func<Task> then, string typed = "")
    {
        IEnumerable<string> tool = [Dotnet, AssemblyPath, .. arguments];
        string command = string.Join(' ', (OperatingSystem.IsLinux() ? tool.Prepend(HearsControlC).Prepend("env") : tool).Select(word => $"'{word}'"));
        using Process process = Start("script", ["-qec", $"stty rows 40 cols 200; exec {command}", "/dev/null"]);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        StringBuilder drawn = new();
        char[] buffer = new char[4096];
        try
        {
            while (!isDrawn(drawn.ToString()) && await process.StandardOutput.ReadAsync(buffer, limit.Token) is > 0 and int read)
                drawn.Append(buffer, 0, read);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"This was not what is waited for: {drawn}");
        }

        await then();
        CliResult rest = await FinishAsync(process, arguments, typed);
        return rest with { Output = $"{drawn}{rest.Output}" };
    }

    private Process Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = _home.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in _environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<CliResult> FinishAsync(Process process, string[] arguments, string input)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new CliResult(string.Join(' ', arguments), (ExitCode)process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}

/// <summary>What came of one run of the tool.</summary>
internal sealed record CliResult(string Arguments, ExitCode Code, string Output, string Error)
{
    /// <summary>The lines of the standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Checks how the tool ended.</summary>
    public CliResult Expect(ExitCode code)
    {
        Assert.True(Code == code, $"{code} was expected: {this}");
        return this;
    }

    /// <summary>The standard output as one JSON document.</summary>
    public JsonElement Json()
    {
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    /// <summary>The standard error as one JSON document.</summary>
    public JsonElement ErrorJson()
    {
        using JsonDocument document = JsonDocument.Parse(Error);
        return document.RootElement.Clone();
    }
}
