namespace Preempt.Infra.Tests;

public class StorageTests
{
    public static TheoryData<string> Environments => Deployment.Environments;

    [Theory]
    [MemberData(nameof(Environments))]
    public void No_key_opens_an_account(string environment)
    {
        foreach (Resource account in Accounts(environment))
        {
            Assert.False(account.Flag("allowSharedKeyAccess"));
            Assert.True(account.Flag("defaultToOAuthAuthentication"));
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void Nothing_is_public(string environment)
    {
        foreach (Resource account in Accounts(environment))
        {
            Assert.False(account.Flag("allowBlobPublicAccess"));
            Assert.False(account.Flag("allowCrossTenantReplication"));
        }

        foreach (Resource container in Deployment.Of(environment).All("Microsoft.Storage/storageAccounts/blobServices/containers"))
            Assert.Equal("None", container.Text("publicAccess"));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void Nothing_travels_in_the_clear(string environment)
    {
        foreach (Resource account in Accounts(environment))
        {
            Assert.True(account.Flag("supportsHttpsTrafficOnly"));
            Assert.Matches("^TLS1_[23]$", account.Text("minimumTlsVersion"));
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void No_trusted_service_passes_the_firewall(string environment)
    {
        foreach (Resource account in Accounts(environment))
            Assert.Equal("None", account.Text("networkAcls.bypass"));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void Queues_and_tables_are_encrypted_with_the_keys_of_the_account(string environment)
    {
        foreach (Resource account in Accounts(environment))
        {
            foreach (string service in new[] { "blob", "queue", "table" })
                Assert.Equal("Account", account.Text($"encryption.services.{service}.keyType"));
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void The_queues_of_commands_and_events_are_there(string environment) => Assert.Equal(
        ["preempt-commands", "preempt-commands-poison", "preempt-events"],
        Deployment.Of(environment).All("Microsoft.Storage/storageAccounts/queueServices/queues").Select(queue => queue.Name.Split('/')[^1]));

    [Theory]
    [MemberData(nameof(Environments))]
    public void Packages_are_in_an_account_that_has_nothing_else(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        Assert.NotEqual(deployment.Storage.Name, deployment.Packages.Name);
        Assert.Equal(
            [$"{deployment.Packages.Name}/default/deployments"],
            deployment.All("Microsoft.Storage/storageAccounts/blobServices/containers").Select(container => container.Name));
        Assert.All(
            deployment.All("Microsoft.Storage/storageAccounts/queueServices/queues"),
            queue => Assert.StartsWith(deployment.Storage.Name + "/", queue.Name, StringComparison.Ordinal));
    }

    private static IReadOnlyList<Resource> Accounts(string environment) =>
        Deployment.Of(environment).All("Microsoft.Storage/storageAccounts");
}
