using System.Text.Json;

namespace Preempt.Cli.Settings;

/// <summary>What the settings file says.</summary>
internal sealed record SettingsFile(string? BaseUrl, string? ApiKey)
{
    /// <summary>Names another file.</summary>
    public const string PathVariable = "PREEMPT_CONFIG";

    private const int MaxBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Where the file is, whether or not it is there.</summary>
    public static string Path => Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path
        ? path
        : System.IO.Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "preempt",
            "config.json");

    /// <summary>Reads the file; nothing is said when there is none.</summary>
    /// <param name="warn">Is told that others can read the key in it.</param>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public static SettingsFile Read(Action<string> warn)
    {
        string path = Path;
        if (!File.Exists(path))
        {
            return Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 }
                ? throw new SettingsException($"There is no settings file {path}, which {PathVariable} names.")
                : new SettingsFile(null, null);
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MaxBytes)
                throw new SettingsException($"The settings file {path} has more than {MaxBytes} bytes, which is too large for a settings file.");
            SettingsFile settings = JsonSerializer.Deserialize<SettingsFile>(file, Options) ?? new SettingsFile(null, null);
            if (settings.ApiKey is not null && IsOpenToOthers(path))
                warn($"Other users can read the key in {path}. Make the file private: chmod 600 {path}");
            return settings;
        }
        catch (JsonException exception)
        {
            throw new SettingsException(
                $"The settings file {path} cannot be read: {exception.Message} Expected: {{\"baseUrl\": \"...\", \"apiKey\": \"...\"}}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The settings file {path} cannot be read: {exception.Message}");
        }
    }

    private static bool IsOpenToOthers(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;
    }
}

/// <summary>The settings are not valid; the message says what is wrong and where.</summary>
internal sealed class SettingsException(string message) : Exception(message);
