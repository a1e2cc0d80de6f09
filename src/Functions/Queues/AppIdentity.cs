using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Functions.Queues;

/// <summary>The identity that the app reaches its storage as, where its settings name one instead of a key.</summary>
internal static class AppIdentity
{
    /// <summary>Registers the managed identity of <c>AzureWebJobsStorage__credential</c> and <c>__clientId</c>; without them nothing.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="settings">The app's settings.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddAppIdentity(this IServiceCollection services, IConfiguration settings)
    {
        IConfigurationSection storage = settings.GetSection("AzureWebJobsStorage");
        if (!string.Equals(storage["credential"], "managedidentity", StringComparison.OrdinalIgnoreCase))
            return services;
        return services.AddSingleton<TokenCredential>(new ManagedIdentityCredential(storage["clientId"] is { Length: > 0 } clientId
            ? ManagedIdentityId.FromUserAssignedClientId(clientId)
            : ManagedIdentityId.SystemAssigned));
    }
}
