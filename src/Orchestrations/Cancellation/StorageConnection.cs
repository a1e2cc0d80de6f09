using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Preempt;

/// <summary>
/// A storage account as Azure Functions names it: a setting that is a connection string, or settings below it that name the account
/// and an identity (<c>AzureWebJobsStorage__accountName</c>, <c>__tableServiceUri</c>, <c>__credential</c>, <c>__clientId</c>, ...).
/// </summary>
internal sealed class StorageConnection
{
    private const string PlatformPrefix = "AzureWebJobs";
    private const string AppStorage = PlatformPrefix + "Storage";
    private const string ManagedIdentity = "managedidentity";

    private readonly Func<TableClientOptions, TableServiceClient> _connect;

    private StorageConnection(Func<TableClientOptions, TableServiceClient> connect) => _connect = connect;

    /// <param name="configuration">The app's settings.</param>
    /// <param name="name">The connection's name; null for the app's own storage.</param>
    /// <exception cref="FormatException">The settings are missing, or cannot be read.</exception>
    public static StorageConnection Read(IConfiguration configuration, string? name)
    {
        // The platform looks for a name with its own prefix first.
        string setting = name is not { Length: > 0 } ? AppStorage
            : configuration.GetSection(PlatformPrefix + name).Exists() ? PlatformPrefix + name : name;
        IConfigurationSection section = configuration.GetSection(setting);
        StorageConnection connection = section.Value is { Length: > 0 } text
            ? new StorageConnection(options => new TableServiceClient(text, options))
            : ReadIdentity(section);
        try
        {
            connection.Connect(new TableClientOptions());
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            // The message of the exception may hold parts of the value, which is a secret.
            throw new FormatException($"{setting}: it is no connection string of Azure Storage.");
        }

        return connection;
    }

    public TableServiceClient Connect(TableClientOptions options) => _connect(options);

    private static StorageConnection ReadIdentity(IConfigurationSection section)
    {
        string? uri = section["tableServiceUri"];
        if (string.IsNullOrEmpty(uri) && section["accountName"] is { Length: > 0 } account)
            uri = $"https://{account}.table.core.windows.net";
        if (string.IsNullOrEmpty(uri))
        {
            throw new FormatException(
                $"{section.Path}: stop notices go through a table in the app's storage account; set it to a connection string, or set "
                + $"{section.Path}__accountName or {section.Path}__tableServiceUri, or set Preempt:Feed to in-process if the app never "
                + "runs in more than one process.");
        }

        if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? address))
        {
            throw new FormatException(
                $"{section.Path}__tableServiceUri \"{uri}\": expected an address such as https://ACCOUNT.table.core.windows.net.");
        }

        TokenCredential credential = ReadCredential(section);
        return new StorageConnection(options => new TableServiceClient(address, credential, options));
    }

    private static TokenCredential ReadCredential(IConfigurationSection section)
    {
        string? clientId = Find("clientId");
        return section["credential"]?.ToLowerInvariant() switch
        {
            ManagedIdentity => new ManagedIdentityCredential(
                clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)),
            null or "" when clientId is not null && Find("tenantId") is { } tenant && Find("clientSecret") is { } secret =>
                new ClientSecretCredential(tenant, clientId, secret),
            null or "" => new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId }),
            var other => throw new FormatException($"{section.Path}__credential \"{other}\": expected {ManagedIdentity}, or nothing."),
        };

        string? Find(string name) => section[name] is { Length: > 0 } value ? value : null;
    }
}
