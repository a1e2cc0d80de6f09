using Microsoft.Extensions.Configuration;

namespace Preempt.Tests;

public sealed class StorageSettingTests
{
    [Fact]
    public void The_account_and_its_identity_are_read_for_the_service_that_is_asked_for()
    {
        StorageSetting setting = Read("AzureWebJobsStorage:accountName=account", "AzureWebJobsStorage:credential=managedidentity");
        Assert.Equal("https://account.queue.core.windows.net/", setting.Address!.ToString());
        Assert.NotNull(setting.Credential);
        Assert.Null(setting.ConnectionString);
    }

    [Fact]
    public void An_address_of_another_service_is_not_taken_for_this_one()
    {
        Assert.False(Read("AzureWebJobsStorage:tableServiceUri=https://tables.example").IsSet);
        Assert.True(Read("AzureWebJobsStorage:queueServiceUri=https://queues.example").IsSet);
    }

    [Fact]
    public void A_connection_string_comes_before_an_identity() => Assert.Equal(
        "UseDevelopmentStorage=true",
        Read("AzureWebJobsStorage=UseDevelopmentStorage=true", "AzureWebJobsStorage:accountName=account").ConnectionString);

    private static StorageSetting Read(params string[] settings) => StorageSetting.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(
            setting => KeyValuePair.Create(setting.Split('=')[0], (string?)setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]))).Build(),
        null,
        "queue");
}
