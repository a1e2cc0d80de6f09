using System.Collections;

namespace Preempt;

/// <summary>
/// The environment of a child process. The app's own is full of secrets (connection strings, keys, tokens of its identity), so that a program gets
/// only what it needs to be found, to know its user and to speak its language, and what its caller names.
/// </summary>
internal static class ProcessEnvironment
{
    /// <summary>Stands for every variable of the app.</summary>
    public const string All = "*";

    private const string LocalePrefix = "LC_";

    private static readonly string[] Needed = OperatingSystem.IsWindows()
        ?
        [
            "ALLUSERSPROFILE", "APPDATA", "ComSpec", "COMPUTERNAME", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "NUMBER_OF_PROCESSORS", "OS", "PATH", "PATHEXT",
            "PROCESSOR_ARCHITECTURE", "ProgramData", "ProgramFiles", "ProgramFiles(x86)", "PUBLIC", "SystemDrive", "SystemRoot", "TEMP", "TMP", "USERNAME",
            "USERPROFILE", "windir",
        ]
        : ["HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"];

    /// <summary>Makes the environment that options ask for, out of the app's own.</summary>
    public static Dictionary<string, string> Make(ProcessOptions options)
    {
        StringComparer names = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        HashSet<string> wanted = new([.. Needed, .. options.InheritedVariables], names);
        Dictionary<string, string> environment = new(names);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (wanted.Contains(All) || wanted.Contains(name) || name.StartsWith(LocalePrefix, StringComparison.Ordinal))
                environment[name] = (string)variable.Value!;
        }

        foreach ((string name, string? value) in options.Environment)
        {
            if (value is null)
                environment.Remove(name);
            else
                environment[name] = value;
        }

        return environment;
    }
}
