using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Preempt;

/// <summary>How this app is started once more, as a supervisor.</summary>
internal static class SupervisorLaunch
{
    public const string RoleVariable = "PREEMPT_ROLE";
    public const string Role = "process-supervisor";

    private const string HookVariable = "DOTNET_STARTUP_HOOKS";

    /// <summary>What keeps a supervisor small and quiet: no server collector, no diagnostics, no profiler.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        [RoleVariable] = Role,
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["CORECLR_ENABLE_PROFILING"] = "0",
    };

    /// <param name="program">The program that it is for, to be seen in a list of processes.</param>
    /// <param name="directory">Where the program works.</param>
    /// <exception cref="PlatformNotSupportedException">The app is built in a way that leaves nothing to start.</exception>
    public static ProcessStartInfo Describe(string program, string directory)
    {
        if (AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out bool hasHooks) && !hasHooks)
            throw Unsupported("without startup hooks: set <StartupHookSupport>true</StartupHookSupport>");
        ProcessStartInfo start = Executable();
        start.ArgumentList.Add(Role);
        start.ArgumentList.Add(program);
        start.WorkingDirectory = directory;
        foreach ((string name, string value) in Settings)
            start.Environment[name] = value;
        start.Environment[HookVariable] = HookName();
        return start;
    }

    private static ProcessStartInfo Executable()
    {
        string entry = Assembly.GetEntryAssembly()?.Location ?? "";
        // Not this process's own file: in Azure that may be a program of the platform that has loaded the runtime and the app.
        string dotnet = Path.GetFullPath(Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        if (entry.Length > 0 && File.Exists(dotnet))
            return new ProcessStartInfo(dotnet, [entry]);
        string own = Environment.ProcessPath ?? "";
        return Path.GetFileNameWithoutExtension(own) == Assembly.GetEntryAssembly()?.GetName().Name
            ? new ProcessStartInfo(own)
            : throw Unsupported($"so that it can be started neither with \"{dotnet}\" nor as \"{own}\"");
    }

    /// <summary>The path, where there is one that the list of hooks can hold. An assembly inside a single file has only a name.</summary>
    private static string HookName()
    {
        Assembly assembly = typeof(SupervisorLaunch).Assembly;
        return assembly.Location is { Length: > 0 } path && !path.Contains(Path.PathSeparator) ? path : assembly.GetName().Name!;
    }

    private static PlatformNotSupportedException Unsupported(string how) =>
        new($"RunProcessAsync starts this app once more to watch over the process, and the app is built {how}.");
}
