using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Preempt.Infra.Tests;

/// <summary>No template reads a secret, so none can be in a setting, an output or the history of deployments.</summary>
public partial class SecretTests
{
    private static readonly string[] Settings =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureFunctionsJobHost__extensions__durableTask__hubName",
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
        "Preempt__Lab",
    ];

    private static readonly string[] SchedulerSettings =
    [
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName",
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type",
        "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
        "EXAMPLE",
    ];

    public static TheoryData<string> Environments => Deployment.Environments;

    [Theory]
    [InlineData("main.json")]
    [InlineData("azd.json")]
    public void No_template_asks_a_resource_for_its_keys(string file)
    {
        string text = Compiled.ReadText(file);
        Assert.DoesNotMatch(KeyReading(), text);
        Assert.DoesNotContain("getSecret", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("main.json")]
    [InlineData("azd.json")]
    public void No_parameter_or_output_is_a_secret(string file)
    {
        foreach (JsonObject template in Compiled.Templates(Compiled.Read(file).AsObject()))
        {
            foreach (string part in new[] { "parameters", "outputs" })
            {
                foreach ((string _, JsonNode? value) in template[part]?.AsObject() ?? [])
                    Assert.DoesNotContain("secure", value!["type"]?.GetValue<string>() ?? "", StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void The_settings_are_exactly_these(string environment) => Assert.Equal(
        (environment == "private" ? [.. Settings, .. SchedulerSettings] : Settings).Order(StringComparer.Ordinal),
        Deployment.Of(environment).Settings.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Environments))]
    public void No_setting_and_no_output_holds_a_key(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        IEnumerable<string> values = deployment.Settings.Values.Concat(deployment.Outputs.Select(output => output.Value!.ToString()));
        foreach (string value in values)
            Assert.DoesNotMatch(Credential(), value);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void The_outputs_are_exactly_these(string environment) => Assert.Equal(
        ["baseUrl", "commandsQueueUrl", "functionAppName", "identityPrincipalId", "storageAccountName", "workspaceName"],
        Deployment.Of(environment).Outputs.Select(output => output.Key).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\blist[A-Z]\w*\(")]
    private static partial Regex KeyReading();

    [GeneratedRegex("AccountKey|SharedAccess|InstrumentationKey|password|secret|[?&]sig=", RegexOptions.IgnoreCase)]
    private static partial Regex Credential();
}
