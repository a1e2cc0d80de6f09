namespace Preempt.Infra.Tests;

/// <summary>The rights of the identities: these, on these resources, and no others.</summary>
public class RoleTests
{
    private const string BlobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string BlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string QueueDataContributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
    private const string TableDataContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string MonitoringMetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";
    private const string DurableTaskDataContributor = "0ad04412-c4d5-4796-b79c-f76d14c8d402";

    public static TheoryData<string> Environments => Deployment.Environments;

    [Theory]
    [MemberData(nameof(Environments))]
    public void The_roles_are_exactly_these(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        string storage = deployment.Storage.Name;
        string insights = deployment.The("Microsoft.Insights/components").Name;
        List<string> expected =
        [
            $"{BlobDataOwner} on Microsoft.Storage/storageAccounts/{storage}",
            $"{QueueDataContributor} on Microsoft.Storage/storageAccounts/{storage}",
            $"{TableDataContributor} on Microsoft.Storage/storageAccounts/{storage}",
            $"{BlobDataContributor} on Microsoft.Storage/storageAccounts/{deployment.Packages.Name}",
            $"{MonitoringMetricsPublisher} on Microsoft.Insights/components/{insights}",
        ];
        if (environment == "private")
        {
            string[] hub = deployment.The("Microsoft.DurableTask/schedulers/taskHubs").Name.Split('/');
            expected.Add($"{DurableTaskDataContributor} on Microsoft.DurableTask/schedulers/{hub[0]}/taskHubs/{hub[1]}");
        }

        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            Assignments(deployment).Select(role => $"{role.Text("roleDefinitionId")!.Split('/')[^1]} on {role.Scope}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void The_app_reaches_all_but_its_packages_and_the_platform_these_alone(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        foreach (Resource role in Assignments(deployment))
        {
            bool isOnPackages = role.Scope == $"Microsoft.Storage/storageAccounts/{deployment.Packages.Name}";
            string identity = (isOnPackages ? deployment.Deployer : deployment.AppIdentity).Id;
            Assert.Equal("ServicePrincipal", role.Text("principalType"));
            Assert.Equal($"[reference('{identity}', '2023-01-31').principalId]", role.Text("principalId"));
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void Each_says_why_and_is_in_the_docs(string environment)
    {
        string docs = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "azure.md"));
        foreach (Resource role in Assignments(Deployment.Of(environment)))
        {
            string[] nameAndReason = role.Text("description")!.Split(": ", 2);
            Assert.True(nameAndReason is [_, { Length: > 10 }], role.Text("description"));
            Assert.Contains($"| {nameAndReason[0]} |", docs, StringComparison.Ordinal);
        }
    }

    private static IReadOnlyList<Resource> Assignments(Deployment deployment) => deployment.All("Microsoft.Authorization/roleAssignments");
}
