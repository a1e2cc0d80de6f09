namespace Preempt.Infra.Tests;

public class NetworkTests
{
    private static readonly string[] WithAddress =
        ["Microsoft.Storage/storageAccounts", "Microsoft.DurableTask/schedulers", "Microsoft.Web/sites"];

    private static void AreClosed(Deployment deployment) => Assert.All(deployment.All("Microsoft.Storage/storageAccounts"), account =>
    {
        Assert.Equal("Disabled", account.Text("publicNetworkAccess"));
        Assert.Equal("Deny", account.Text("networkAcls.defaultAction"));
    });

    [Fact]
    public void In_private_mode_nothing_is_reached_from_outside()
    {
        Deployment deployment = Deployment.Of("private");
        foreach (string type in WithAddress)
            Assert.All(deployment.All(type), resource => Assert.Equal("Disabled", resource.Text("publicNetworkAccess")));
        AreClosed(deployment);
        Assert.Empty(deployment.The("Microsoft.DurableTask/schedulers")["ipAllowlist"]!.AsArray());
        Assert.DoesNotContain(deployment.Resources, resource => resource.Type == "Microsoft.Network/publicIPAddresses");
    }

    [Fact]
    public void In_integrated_mode_storage_is_closed_and_the_app_is_open()
    {
        Deployment deployment = Deployment.Of("prod");
        AreClosed(deployment);
        Assert.Equal("Enabled", deployment.The("Microsoft.Web/sites").Text("publicNetworkAccess"));
    }

    [Fact]
    public void In_public_mode_there_is_no_network() => Assert.DoesNotContain(
        Deployment.Of("dev").Resources, resource => resource.Type.StartsWith("Microsoft.Network/", StringComparison.Ordinal));

    [Theory]
    [InlineData("prod", "blob of st", "blob of stp", "queue of st", "table of st")]
    [InlineData("private", "blob of st", "blob of stp", "queue of st", "scheduler of dts", "sites of func", "table of st")]
    public void What_is_closed_has_a_private_endpoint_that_its_name_leads_to(string environment, params string[] groups)
    {
        Deployment deployment = Deployment.Of(environment);
        string network = deployment.The("Microsoft.Network/virtualNetworks").Id;
        IReadOnlyList<Resource> endpoints = deployment.All("Microsoft.Network/privateEndpoints");
        Assert.Equal(groups, endpoints.Select(endpoint => $"{GroupOf(endpoint)} of {KindOf(endpoint, deployment)}").Order(StringComparer.Ordinal));
        Assert.All(endpoints, endpoint => Assert.Equal($"{network}/subnets/endpoints", endpoint.Text("subnet.id")));
        Assert.Equal(groups.Length, deployment.All("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count);
        IReadOnlyList<Resource> links = deployment.All("Microsoft.Network/privateDnsZones/virtualNetworkLinks");
        // Both accounts' blobs are found by one zone.
        Assert.Equal(groups.Length - 1, links.Count);
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

    /// <summary>What the name of an endpoint's target begins with.</summary>
    private static string KindOf(Resource endpoint, Deployment deployment)
    {
        string target = endpoint["privateLinkServiceConnections"]![0]!["properties"]!["privateLinkServiceId"]!.GetValue<string>().Split('/')[^1];
        return target == deployment.Storage.Name ? "st" : target == deployment.Packages.Name ? "stp" : target.Split('-')[0];
    }

    private static string GroupOf(Resource endpoint) =>
        endpoint["privateLinkServiceConnections"]![0]!["properties"]!["groupIds"]![0]!.GetValue<string>();
}
