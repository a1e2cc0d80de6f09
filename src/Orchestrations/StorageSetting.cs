using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Preempt;

/// <summary>
/// A storage account as Azure Functions names it: a setting that is a connection string, or settings below it that name the account
/// and an identity (<c>AzureWebJobsStorage__accountName</c>, <c>__queueServiceUri</c>, <c>__credential</c>, <c>__clientId</c>, ...).
/// </summary>
public sealed class StorageSetting
{
    private const string PlatformPrefix = "AzureWebJobs";
    private const string AppStorage = PlatformPrefix + "Storage";
    private const string ManagedIdentity = "managedidentity";

    private StorageSetting(string name) => Name = name;

    /// <summary>The setting's name.</summary>
    public string Name { get; }

    /// <summary>The connection string, a secret; null with an identity.</summary>
    public string? ConnectionString { get; private init; }

    /// <summary>The address of the service, with an identity.</summary>
    public Uri? Address { get; private init; }

    /// <summary>The identity.</summary>
    public TokenCredential? Credential { get; private init; }

    /// <summary>Whether it names an account at all.</summary>
    public bool IsSet => ConnectionString is not null || Address is not null;

    /// <summary>Reads the settings of a storage account.</summary>
    /// <param name="configuration">The app's settings.</param>
    /// <param name="name">The connection's name; null for the app's own storage.</param>
    /// <param name="service">Which of its services: <c>queue</c> or <c>table</c>.</param>
    /// <returns>What they say; nothing when there are none.</returns>
    /// <exception cref="FormatException">A setting cannot be read.</exception>
    public static StorageSetting Read(IConfiguration configuration, string? name, string service)
    {
        // The platform looks for a name with its own prefix first.
        string setting = name is not { Length: > 0 } ? AppStorage
            : configuration.GetSection(PlatformPrefix + name).Exists() ? PlatformPrefix + name : name;
        IConfigurationSection section = configuration.GetSection(setting);
        if (section.Value is { Length: > 0 } text)
            return new StorageSetting(setting) { ConnectionString = text };
        string uriSetting = $"{service}ServiceUri";
        string? uri = section[uriSetting];
        if (string.IsNullOrEmpty(uri) && section["accountName"] is { Length: > 0 } account)
            uri = $"https://{account}.{service}.core.windows.net";
        if (string.IsNullOrEmpty(uri))
            return new StorageSetting(setting);
        return Uri.TryCreate(uri, UriKind.Absolute, out Uri? address)
            ? new StorageSetting(setting) { Address = address, Credential = ReadCredential(section) }
            : throw new FormatException(
                $"{setting}__{uriSetting} \"{uri}\": expected an address such as https://ACCOUNT.{service}.core.windows.net.");
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
