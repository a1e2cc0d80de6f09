using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace Preempt.Embedded.Hosting.Queues;

/// <summary>The storage that a setting names.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="ConnectionString">Its value; null if the app has no storage of its own.</param>
internal sealed record QueueConnection(string Setting, string? ConnectionString)
{
    private const string PlatformPrefix = "AzureWebJobs";
    private const string AppStorage = PlatformPrefix + "Storage";
    private static readonly string[] IdentitySettings = ["queueServiceUri", "serviceUri", "accountName"];

    /// <summary>Reads the setting that a trigger names, or that of the app's own storage.</summary>
    /// <exception cref="NotSupportedException">The setting that the trigger names is not set, or is no connection string.</exception>
    public static QueueConnection Read(string? named, IConfiguration app)
    {
        string setting = named is null ? AppStorage : SettingOf(named, app);
        if (IdentitySettings.FirstOrDefault(part => !string.IsNullOrEmpty(app[$"{setting}:{part}"])) is { } identity)
        {
            throw new NotSupportedException(
                $"the setting '{setting}__{identity}' asks for an identity, which this host does not support; "
                + $"set '{setting}' to a connection string");
        }

        string? value = app[setting];
        if (!string.IsNullOrEmpty(value)) Check(setting, value);
        else if (named is not null) throw new NotSupportedException($"its connection, the setting '{setting}', is not set");
        return new(setting, string.IsNullOrEmpty(value) ? null : value);
    }

    /// <summary>Whether it is the emulator of this machine, which a developer starts or does not start.</summary>
    public bool IsDevelopmentStorage =>
        ConnectionString?.TrimEnd(';').Equals("UseDevelopmentStorage=true", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Its value is a secret.</summary>
    public override string ToString() => Setting;

    /// <summary>The platform looks for a name with its own prefix first.</summary>
    private static string SettingOf(string name, IConfiguration app) =>
        app.GetSection(PlatformPrefix + name).Exists() ? PlatformPrefix + name : name;

    private static void Check(string setting, string value)
    {
        try
        {
            _ = new QueueServiceClient(value);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            // The message of the exception may hold parts of the value, which is a secret.
            throw new NotSupportedException(
                $"its connection, the setting '{setting}', is not a connection string of Azure Storage", exception);
        }
    }
}
