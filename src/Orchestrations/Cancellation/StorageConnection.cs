using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;

namespace Preempt;

/// <summary>Where the processes of an app hear of one another (<see cref="FeedTable"/>): the table service of a storage account.</summary>
internal sealed class StorageConnection
{
    private readonly StorageSetting _setting;

    private StorageConnection(StorageSetting setting) => _setting = setting;

    /// <param name="configuration">The app's settings.</param>
    /// <param name="name">The connection's name; null for the app's own storage.</param>
    /// <exception cref="FormatException">The settings are missing, or cannot be read.</exception>
    public static StorageConnection Read(IConfiguration configuration, string? name)
    {
        StorageSetting setting = StorageSetting.Read(configuration, name, "table");
        if (!setting.IsSet)
        {
            throw new FormatException(
                $"{setting.Name}: stop notices use a table in the app's storage account. Set it to a connection string, or set "
                + $"{setting.Name}__accountName or {setting.Name}__tableServiceUri, or set Preempt:Feed to in-process if the app never "
                + "runs in more than one process.");
        }

        StorageConnection connection = new(setting);
        try
        {
            connection.Connect(new TableClientOptions());
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            // The message of the exception may hold parts of the value, which is a secret.
            throw new FormatException($"{setting.Name}: it is not a connection string of Azure Storage.");
        }

        return connection;
    }

    public TableServiceClient Connect(TableClientOptions options) => _setting.ConnectionString is { } text
        ? new TableServiceClient(text, options)
        : new TableServiceClient(_setting.Address!, _setting.Credential!, options);
}
