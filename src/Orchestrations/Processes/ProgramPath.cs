namespace Preempt;

/// <summary>Finds programs as a shell does: a name in PATH, a path from the working directory.</summary>
internal static class ProgramPath
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <exception cref="ProcessException">There is no such program.</exception>
    public static string Find(string program, string directory, string? path)
    {
        if (program.Contains('/') || (OperatingSystem.IsWindows() && program.Contains('\\')))
        {
            string full = Path.GetFullPath(program, directory);
            return TryFile(full) ?? throw new ProcessException(
                File.Exists(full) ? $"The program \"{full}\" may not be executed." : $"There is no program \"{full}\".");
        }

        string[] places = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return places.Select(place => TryFile(Path.GetFullPath(Path.Combine(place, program), directory))).OfType<string>().FirstOrDefault()
            ?? throw new ProcessException($"There is no program \"{program}\" in PATH, which is \"{path}\".");
    }

    private static string? TryFile(string path)
    {
        if (OperatingSystem.IsWindows())
            return new[] { path, path + ".exe" }.FirstOrDefault(File.Exists);
        return File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != 0 ? path : null;
    }
}
