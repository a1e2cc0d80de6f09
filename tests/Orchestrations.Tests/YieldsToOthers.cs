using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Preempt.Tests;

/// <summary>
/// These tests need the processor and no real time, and run beside others whose hosts have to answer in time: so they take what those leave. The threads that are
/// created later have the priority too.
/// </summary>
internal static class YieldsToOthers
{
    [ModuleInitializer]
    internal static void LowerPriority()
    {
        using Process self = Process.GetCurrentProcess();
        self.PriorityClass = ProcessPriorityClass.BelowNormal;
    }
}
