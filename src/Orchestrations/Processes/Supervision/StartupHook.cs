using System.Diagnostics.CodeAnalysis;
using Preempt;

/// <summary>
/// Where a supervisor begins. It is this app once more, started with <c>DOTNET_STARTUP_HOOKS</c> naming this assembly: the runtime
/// calls this before the app's own code, which then never runs. So a supervisor needs nothing that the app does not bring.
/// </summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime looks for it without one.")]
internal static class StartupHook
{
    public static void Initialize()
    {
        // A user may name this assembly by mistake: then it is an app like any other.
        if (Environment.GetEnvironmentVariable(SupervisorLaunch.RoleVariable) == SupervisorLaunch.Role)
            Environment.Exit(ProcessSupervisor.RunAsync().GetAwaiter().GetResult());
    }
}
