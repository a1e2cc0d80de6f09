namespace Preempt.Infra.Tests;

public class TelemetryTests
{
    public static TheoryData<string> Environments => Deployment.Environments;

    [Theory]
    [MemberData(nameof(Environments))]
    public void A_connection_string_alone_sends_nothing(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        Assert.True(deployment.The("Microsoft.Insights/components").Flag("DisableLocalAuth"));
        Assert.True(deployment.The("Microsoft.OperationalInsights/workspaces").Flag("features.disableLocalAuth"));
        Assert.EndsWith(";Authorization=AAD", deployment.Settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"].Split("', reference")[0], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void Someone_is_told_when_runs_fail_wait_or_stop_slowly_and_when_commands_are_set_aside(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        string group = deployment.The("Microsoft.Insights/actionGroups").Id;
        string workspace = deployment.The("Microsoft.OperationalInsights/workspaces").Id;
        IReadOnlyList<Resource> alerts = deployment.All("Microsoft.Insights/scheduledQueryRules");
        Assert.Equal(["failed-runs", "poison-messages", "queue-age", "stop-latency"], alerts.Select(alert => alert.Name.Split(["-test-", "dev-", "prod-"], default)[^1]));
        foreach (Resource alert in alerts)
        {
            Assert.True(alert.Flag("enabled"));
            Assert.Equal(workspace, alert["scopes"]![0]!.GetValue<string>());
            Assert.Equal(group, alert["actions.actionGroups"]![0]!.GetValue<string>());
            string column = alert["criteria.allOf"]![0]!["metricMeasureColumn"]!.GetValue<string>();
            Assert.Contains($"{column} = ", alert["criteria.allOf"]![0]!["query"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Alerts_go_to_the_addresses_that_were_given() => Assert.Equal(
        "operator@example.com",
        Deployment.Of("private").The("Microsoft.Insights/actionGroups")["emailReceivers"]![0]!["emailAddress"]!.GetValue<string>());
}
