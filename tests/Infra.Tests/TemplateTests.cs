using System.Text.Json.Nodes;

namespace Preempt.Infra.Tests;

public class TemplateTests
{
    private static readonly string[] WithoutTags =
    [
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.DurableTask/schedulers/taskHubs",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/queueServices/queues",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        "Microsoft.Web/sites/config",
    ];

    public static TheoryData<string> Environments => Deployment.Environments;

    [Theory]
    [InlineData("main.json")]
    [InlineData("azd.json")]
    public void Every_parameter_and_output_says_what_it_is(string file)
    {
        foreach (JsonObject template in Compiled.Templates(Compiled.Read(file).AsObject()))
        {
            Assert.NotNull(template["metadata"]!["description"]);
            foreach (string part in new[] { "parameters", "outputs" })
            {
                foreach ((string name, JsonNode? value) in template[part]?.AsObject() ?? [])
                    Assert.True(value!["metadata"]?["description"] is not null, $"{part} {name} of {file} has no description.");
            }
        }
    }

    [Theory]
    [InlineData("main.json", "environmentName", "network", "durableBackend", "schedulerSku", "taskHubName", "instanceMemoryMB",
        "maximumInstanceCount", "alwaysReadyInstances", "logRetentionDays", "failedRunsThreshold", "queueAgeThresholdSeconds")]
    [InlineData("azd.json", "environmentName", "network", "durableBackend")]
    public void A_value_that_cannot_work_is_refused_before_anything_is_made(string file, params string[] names)
    {
        JsonObject parameters = Compiled.Read(file)["parameters"]!.AsObject();
        string[] limits = ["allowedValues", "minLength", "maxLength", "minValue", "maxValue"];
        foreach (string name in names)
            Assert.True(limits.Any(limit => parameters[name]![limit] is not null), $"{name} of {file} takes anything.");
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void Every_resource_says_which_environment_it_belongs_to(string environment)
    {
        Resource[] taggable = [.. Deployment.Of(environment).Resources.Where(resource => !WithoutTags.Contains(resource.Type))];
        Assert.NotEmpty(taggable);
        foreach (Resource resource in taggable)
            Assert.True(resource.Json["tags"]?["preempt-environment"] is not null, $"{resource.Id} has no tag.");
    }

    [Fact]
    public void Azd_passes_on_what_its_environment_says()
    {
        JsonNode parameters = Compiled.Read("azd.parameters.json")["parameters"]!;
        Assert.Equal("preempt", parameters["environmentName"]!["value"]!.GetValue<string>());
        Assert.Equal("public", parameters["network"]!["value"]!.GetValue<string>());
        Assert.Equal(
            ["AZURE_RESOURCE_GROUP", "PREEMPT_BASE_URL", "PREEMPT_FUNCTION_APP"],
            Compiled.Read("azd.json")["outputs"]!.AsObject().Select(output => output.Key).Order(StringComparer.Ordinal));
    }
}
