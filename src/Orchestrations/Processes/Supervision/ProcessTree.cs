using System.Runtime.InteropServices;

namespace Preempt;

/// <summary>
/// All processes that come of what this process starts, also those that leave their parents, groups and sessions: on Linux they
/// become children of this process when their own parent ends (a child subreaper); on Windows they are in its job; elsewhere those
/// are found that have a living parent or have stayed in the group.
/// </summary>
internal sealed class ProcessTree : IDisposable
{
    private const int SigKill = 9;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private PosixSignalRegistration? _deaths;
    private volatile int _root;

    private ProcessTree()
    {
    }

    /// <summary>Whether processes can be asked to end.</summary>
    public static bool CanSignal => !OperatingSystem.IsWindows();

    /// <summary>Says which process this one has started itself and therefore waits for.</summary>
    public void SetRoot(int process) => _root = process;

    /// <summary>Makes this process the root of a tree. What it starts from now on belongs to it.</summary>
    public static ProcessTree BeginHere()
    {
        ProcessTree tree = new();
        if (OperatingSystem.IsWindows())
        {
            WindowsJob.Enter();
            return tree;
        }

        // In a session of its own, it gets no Ctrl+C from a terminal: the host decides what that means.
        _ = Native.SetSid();
        if (OperatingSystem.IsLinux())
        {
            Native.BecomeSubreaper();
            tree._deaths = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => tree.Reap());
        }

        return tree;
    }

    /// <summary>Sends a signal to every process of the tree.</summary>
    public void Signal(int signal) => Signal(Living(), signal);

    /// <summary>Completes when no process of the tree is left.</summary>
    public async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        while (Living().Count > 0)
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
    }

    /// <summary>Kills every process of the tree, until none is left; gives up after 10 seconds on what cannot be killed.</summary>
    public async Task KillAsync()
    {
        // On Windows, the job does that when this process ends.
        if (!CanSignal)
            return;
        long start = TimeProvider.System.GetTimestamp();
        while (Living() is { Count: > 0 } living && TimeProvider.System.GetElapsedTime(start) < KillLimit)
        {
            Signal(living, SigKill);
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>Kills one process.</summary>
    public static void Kill(int process) => _ = Native.Kill(process, SigKill);

    public void Dispose() => _deaths?.Dispose();

    private static void Signal(List<int> processes, int signal)
    {
        foreach (int process in processes)
            _ = Native.Kill(process, signal);
    }

    private List<int> Living()
    {
        Reap();
        return [.. Tree().Where(process => !process.IsZombie).Select(process => process.Id)];
    }

    private static IEnumerable<ProcessEntry> Tree()
    {
        ProcessEntry[] all = ProcessTable.Read();
        int group = Environment.ProcessId;
        HashSet<int> known = [Environment.ProcessId];
        bool hasGrown = true;
        while (hasGrown)
        {
            hasGrown = false;
            foreach (ProcessEntry process in all.Where(process => known.Contains(process.ParentId) || process.GroupId == group))
                hasGrown |= known.Add(process.Id);
        }

        return all.Where(process => process.Id != Environment.ProcessId && known.Contains(process.Id));
    }

    /// <summary>Takes note of the deaths of adopted processes, which would stay in the process table otherwise.</summary>
    private void Reap()
    {
        // Before the root is known, a dead child may be the root.
        if (!OperatingSystem.IsLinux() || _root == 0)
            return;
        foreach (ProcessEntry process in ProcessTable.Read())
        {
            if (process.IsZombie && process.ParentId == Environment.ProcessId && process.Id != _root)
                Native.Reap(process.Id);
        }
    }

    /// <summary>The system calls that have no counterpart in .NET.</summary>
    private static class Native
    {
        private const int SetChildSubreaper = 36;
        private const int NoHang = 1;

        public static void BecomeSubreaper() => _ = Prctl(SetChildSubreaper, 1, 0, 0, 0);

        public static void Reap(int process) => _ = WaitPid(process, IntPtr.Zero, NoHang);

        [DllImport("libc", EntryPoint = "kill")]
        public static extern int Kill(int process, int signal);

        [DllImport("libc", EntryPoint = "setsid")]
        public static extern int SetSid();

        [DllImport("libc", EntryPoint = "prctl")]
        private static extern int Prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

        [DllImport("libc", EntryPoint = "waitpid")]
        private static extern int WaitPid(int process, IntPtr status, int options);
    }
}
