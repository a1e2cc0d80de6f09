using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Functions.Queues;

namespace Preempt.Functions.Tests;

public class AppIdentityTests
{
    [Fact]
    public void Storage_without_keys_is_reached_as_the_identity_that_the_deployment_names() =>
        Assert.IsType<ManagedIdentityCredential>(Credential(new()
        {
            ["AzureWebJobsStorage:credential"] = "managedidentity",
            ["AzureWebJobsStorage:clientId"] = "7c1d3f7a-0000-0000-0000-000000000000",
            ["AzureWebJobsStorage:queueServiceUri"] = "https://account.queue.core.windows.net/",
        }));

    [Fact]
    public void Storage_with_a_connection_string_needs_no_identity() =>
        Assert.Null(Credential(new() { ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true" }));

    private static TokenCredential? Credential(Dictionary<string, string?> settings)
    {
        using ServiceProvider services = new ServiceCollection()
            .AddAppIdentity(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
        return services.GetService<TokenCredential>();
    }
}
