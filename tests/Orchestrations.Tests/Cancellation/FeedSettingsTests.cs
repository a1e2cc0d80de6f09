using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Tests.Cancellation;

public sealed class FeedSettingsTests
{
    private const string Host = "Functions:Worker:HostEndpoint=http://127.0.0.1:1";
    private const string Storage = "AzureWebJobsStorage=UseDevelopmentStorage=true";
    private const string Account = "AzureWebJobsStorage:accountName=account";
    private const string Credential = "AzureWebJobsStorage:credential=";
    private const string OtherConnection = "Preempt:FeedConnection=Feed";
    private const string Table = "Preempt:Feed=table";

    private static IConfiguration Configure(params string[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], string? (pair) => pair[1]))
        .Build();

    private static Uri AddressOf(params string[] settings) =>
        FeedSettings.Read(Configure([Table, .. settings])).Storage!.Connect(new TableClientOptions()).Uri;

    [Theory]
    [InlineData(false)]
    [InlineData(false, Storage, "FUNCTIONS_WORKER_RUNTIME=dotnet-isolated")]
    [InlineData(false, Host, Storage, "Preempt:Feed=in-process")]
    [InlineData(true, Host, Storage)]
    [InlineData(true, Storage, Table)]
    public void The_table_is_used_when_asked_for_or_under_a_functions_host(bool isTable, params string[] settings)
    {
        using ServiceProvider services = new ServiceCollection()
            .AddLogging().AddPreempt(Configure(settings), _ => { }).BuildServiceProvider();
        Assert.IsType(isTable ? typeof(TableCancellationFeed) : typeof(InProcessFeed), services.GetRequiredService<ICancellationFeed>());
    }

    [Fact]
    public void Settings_have_defaults_and_can_be_changed()
    {
        FeedSettings settings = FeedSettings.Read(Configure());
        Assert.Equal(("PreemptStops", TimeSpan.FromMilliseconds(250)), (settings.TableName, settings.Interval));
        settings = FeedSettings.Read(Configure("Preempt:FeedTable=Other1", "Preempt:FeedInterval=2s"));
        Assert.Equal(("Other1", TimeSpan.FromSeconds(2)), (settings.TableName, settings.Interval));
    }

    [Theory]
    [InlineData("https://account.table.core.windows.net/", Account, Credential + "managedidentity", "AzureWebJobsStorage:clientId=c")]
    [InlineData("https://account.table.core.windows.net/", Account)]
    [InlineData("https://tables.example/", Account, "AzureWebJobsStorage:tableServiceUri=https://tables.example")]
    [InlineData("https://other.table.core.windows.net/", OtherConnection, "AzureWebJobsFeed:accountName=other", Account)]
    [InlineData("https://other.table.core.windows.net/", OtherConnection, "Feed:accountName=other")]
    [InlineData("http://127.0.0.1:10002/devstoreaccount1", Storage, Account)]
    public void The_storage_is_named_as_azure_functions_names_it(string expected, params string[] settings) =>
        Assert.Equal(expected, AddressOf(settings).ToString());

    [Theory]
    [InlineData("Preempt:Feed \"queue\": expected in-process or table", "Preempt:Feed=queue")]
    [InlineData("Preempt:FeedTable \"a b\"", "Preempt:FeedTable=a b")]
    [InlineData("Preempt:FeedInterval \"1h\": from 100ms to 1m", "Preempt:FeedInterval=1h")]
    [InlineData("AzureWebJobsStorage: stop notices use a table", Table)]
    [InlineData("AzureWebJobsStorage: stop notices use a table", Host)]
    [InlineData("AzureWebJobsStorage: it is not a connection string", Table, "AzureWebJobsStorage=nonsense")]
    [InlineData("AzureWebJobsStorage__credential \"password\": expected managedidentity", Table, Account, Credential + "password")]
    [InlineData("AzureWebJobsStorage__tableServiceUri \"nowhere\"", Table, "AzureWebJobsStorage:tableServiceUri=nowhere")]
    public void A_setting_that_cannot_be_used_stops_the_app(string expected, params string[] settings)
    {
        FormatException refused = Assert.Throws<FormatException>(() => FeedSettings.Read(Configure(settings)));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", refused.Message, StringComparison.Ordinal);
    }
}
