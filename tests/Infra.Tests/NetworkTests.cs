namespace Preempt.Infra.Tests;

public class NetworkTests
{
    private static readonly string[] WithAddress =
        ["Microsoft.Storage/storageAccounts", "Microsoft.DurableTask/schedulers", "Microsoft.Web/sites"];

    [Fact]
    public void In_private_mode_nothing_is_reached_from_outside()
    {
        Deployment deployment = Deployment.Of("private");
        foreach (string type in WithAddress)
            Assert.Equal("Disabled", deployment.The(type).Text("publicNetworkAccess"));
        Assert.Equal("Deny", deployment.The("Microsoft.Storage/storageAccounts").Text("networkAcls.defaultAction"));
        Assert.Empty(deployment.The("Microsoft.DurableTask/schedulers")["ipAllowlist"]!.AsArray());
        Assert.DoesNotContain(deployment.Resources, resource => resource.Type == "Microsoft.Network/publicIPAddresses");
    }

    [Fact]
    public void In_integrated_mode_storage_is_closed_and_the_app_is_open()
    {
        Deployment deployment = Deployment.Of("prod");
        Assert.Equal("Disabled", deployment.The("Microsoft.Storage/storageAccounts").Text("publicNetworkAccess"));
        Assert.Equal("Deny", deployment.The("Microsoft.Storage/storageAccounts").Text("networkAcls.defaultAction"));
        Assert.Equal("Enabled", deployment.The("Microsoft.Web/sites").Text("publicNetworkAccess"));
    }

    [Fact]
    public void In_public_mode_there_is_no_network() => Assert.DoesNotContain(
        Deployment.Of("dev").Resources, resource => resource.Type.StartsWith("Microsoft.Network/", StringComparison.Ordinal));

    [Theory]
    [InlineData("prod", "blob", "queue", "table")]
    [InlineData("private", "blob", "queue", "table", "scheduler", "sites")]
    public void What_is_closed_has_a_private_endpoint_that_its_name_leads_to(string environment, params string[] groups)
    {
        Deployment deployment = Deployment.Of(environment);
        string network = deployment.The("Microsoft.Network/virtualNetworks").Id;
        IReadOnlyList<Resource> endpoints = deployment.All("Microsoft.Network/privateEndpoints");
        Assert.Equal(groups, endpoints.Select(GroupOf));
        Assert.All(endpoints, endpoint => Assert.Equal($"{network}/subnets/endpoints", endpoint.Text("subnet.id")));
        Assert.Equal(groups.Length, deployment.All("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count);
        IReadOnlyList<Resource> links = deployment.All("Microsoft.Network/privateDnsZones/virtualNetworkLinks");
        Assert.Equal(groups.Length, links.Count);
        Assert.All(links, link => Assert.Equal(network, link.Text("virtualNetwork.id")));
    }

    [Theory]
    [InlineData("prod")]
    [InlineData("private")]
    public void The_app_sends_from_a_subnet_of_its_own(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        Resource network = deployment.The("Microsoft.Network/virtualNetworks");
        Assert.Equal($"{network.Id}/subnets/app", deployment.The("Microsoft.Web/sites").Text("virtualNetworkSubnetId"));
        Assert.Equal(
            ["Microsoft.App/environments"],
            network["subnets"]![0]!["properties"]!["delegations"]!.AsArray().Select(delegation => delegation!["properties"]!["serviceName"]!.GetValue<string>()));
    }

    [Fact]
    public void Only_https_from_the_network_reaches_the_endpoints()
    {
        var rules = Deployment.Of("private").The("Microsoft.Network/networkSecurityGroups")["securityRules"]!.AsArray()
            .Select(rule => rule!["properties"]!)
            .Select(rule => (
                Access: rule["access"]!.GetValue<string>(),
                From: rule["sourceAddressPrefix"]!.GetValue<string>(),
                Port: rule["destinationPortRange"]!.GetValue<string>()));
        Assert.Equal([("Allow", "VirtualNetwork", "443"), ("Deny", "*", "*")], rules);
    }

    private static string GroupOf(Resource endpoint) =>
        endpoint["privateLinkServiceConnections"]![0]!["properties"]!["groupIds"]![0]!.GetValue<string>();
}
