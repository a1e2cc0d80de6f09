using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Preempt;

/// <summary>A process that the system knows.</summary>
internal readonly record struct ProcessEntry(int Id, int ParentId, int GroupId, bool IsZombie);

/// <summary>The processes of this machine, as far as this user sees them.</summary>
internal static class ProcessTable
{
    public static ProcessEntry[] Read() => OperatingSystem.IsLinux() ? ReadProc() : ReadPs();

    /// <summary>From <c>/proc/ID/stat</c>: id, name in parentheses, state, parent, group.</summary>
    public static ProcessEntry[] ReadProc()
    {
        List<ProcessEntry> processes = [];
        foreach (int id in Ids())
        {
            // A name may hold parentheses and spaces itself.
            if (TryRead($"/proc/{id}/stat", File.ReadAllText) is { } text
                && text[(text.LastIndexOf(')') + 1)..].Split(' ') is ["", var state, var parent, var group, ..])
                processes.Add(new ProcessEntry(id, Number(parent), Number(group), IsDead(state)));
        }

        return [.. processes];
    }

    /// <summary>From <c>ps</c>, where there is no <c>/proc</c>.</summary>
    public static ProcessEntry[] ReadPs()
    {
        ProcessStartInfo start = new("ps", ["-A", "-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "stat="])
        {
            RedirectStandardOutput = true,
        };
        using Process ps = Process.Start(start)!;
        string text = ps.StandardOutput.ReadToEnd();
        ps.WaitForExit();
        return
        [
            .. from line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
               let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               let process = new ProcessEntry(Number(columns[0]), Number(columns[1]), Number(columns[2]), IsDead(columns[3]))
               where process.Id != ps.Id
               select process,
        ];
    }

    /// <summary>The processes that were started with a variable in their environment; Linux only.</summary>
    public static int[] Find(string variable, string value)
    {
        byte[] text = Encoding.UTF8.GetBytes($"{variable}={value}");
        return [.. Ids().Where(id => TryRead($"/proc/{id}/environ", File.ReadAllBytes)?.AsSpan().IndexOf(text) >= 0)];
    }

    private static IEnumerable<int> Ids() =>
        from directory in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(directory)
        where int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select Number(name);

    private static T? TryRead<T>(string path, Func<string, T> read)
        where T : class
    {
        try
        {
            return read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is somebody else's.
            return null;
        }
    }

    private static bool IsDead(string state) => state[0] is 'Z' or 'X';

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
