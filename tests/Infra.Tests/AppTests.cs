using System.Text.Json.Nodes;

namespace Preempt.Infra.Tests;

public class AppTests
{
    private const string SiteType = "Microsoft.Web/sites";

    public static TheoryData<string> Environments => Deployment.Environments;

    [Theory]
    [MemberData(nameof(Environments))]
    public void It_takes_https_alone_with_tls_1_2_or_later(string environment)
    {
        Resource app = Deployment.Of(environment).The(SiteType);
        Assert.True(app.Flag("httpsOnly"));
        Assert.Matches("^1[.][23]$", app.Text("siteConfig.minTlsVersion"));
        Assert.Matches("^1[.][23]$", app.Text("siteConfig.scmMinTlsVersion"));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void Nobody_publishes_by_ftp_or_with_a_password(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        Assert.Equal("Disabled", deployment.The(SiteType).Text("siteConfig.ftpsState"));
        foreach (string endpoint in new[] { "ftp", "scm" })
            Assert.False(deployment.The("Microsoft.Web/sites/basicPublishingCredentialsPolicies", endpoint).Flag("allow"));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void It_runs_on_flex_consumption_with_the_runtime_that_the_projects_are_built_for(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        Assert.Equal("FC1", deployment.The("Microsoft.Web/serverfarms").Json["sku"]!["name"]!.GetValue<string>());
        Resource app = deployment.The(SiteType);
        Assert.Equal("dotnet-isolated", app.Text("functionAppConfig.runtime.name"));
        Assert.Equal(AppContext.TargetFrameworkName!.Split("Version=v")[1], app.Text("functionAppConfig.runtime.version"));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void It_reaches_its_storage_as_one_identity_and_the_platform_its_package_as_another(string environment)
    {
        Deployment deployment = Deployment.Of(environment);
        Resource app = deployment.The(SiteType);
        string identity = deployment.AppIdentity.Id;
        Assert.Equal("UserAssigned", app.Json["identity"]!["type"]!.GetValue<string>());
        Assert.Equal(
            new[] { identity, deployment.Deployer.Id }.Order(StringComparer.Ordinal),
            app.Json["identity"]!["userAssignedIdentities"]!.AsObject().Select(assigned => assigned.Key).Order(StringComparer.Ordinal));
        Assert.Equal("UserAssignedIdentity", app.Text("functionAppConfig.deployment.storage.authentication.type"));
        Assert.Equal(deployment.Deployer.Id, app.Text("functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId"));
        Assert.Contains(deployment.Packages.Name, app.Text("functionAppConfig.deployment.storage.value"), StringComparison.Ordinal);

        Assert.Equal("managedidentity", deployment.Settings["AzureWebJobsStorage__credential"]);
        foreach (string setting in new[] { "AzureWebJobsStorage__clientId", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING" })
            Assert.Contains($"reference('{identity}', '2023-01-31').clientId", deployment.Settings[setting], StringComparison.Ordinal);
    }

    [Fact]
    public void Callers_need_a_token_once_there_is_an_app_registration()
    {
        Resource entra = Deployment.Of("private").The("Microsoft.Web/sites/config", "authsettingsV2");
        Assert.True(entra.Flag("platform.enabled"));
        Assert.True(entra.Flag("globalValidation.requireAuthentication"));
        Assert.Equal("Return401", entra.Text("globalValidation.unauthenticatedClientAction"));
        Assert.Equal(["/api/health", "/api/dashboard"], entra["globalValidation.excludedPaths"]!.AsArray().Select(path => path!.GetValue<string>()));
        Assert.True(entra.Flag("httpSettings.requireHttps"));
        Assert.True(entra.Flag("identityProviders.azureActiveDirectory.enabled"));
        JsonObject registration = entra["identityProviders.azureActiveDirectory.registration"]!.AsObject();
        Assert.Equal(["clientId", "openIdIssuer"], registration.Select(property => property.Key));
        Assert.Contains("'00000000-0000-0000-0000-000000000002'", registration["openIdIssuer"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.False(entra.Flag("login.tokenStore.enabled"));
    }

    [Theory]
    [InlineData("private", "aaaaaaaa-2222-3333-4444-555555555555", "bbbbbbbb-2222-3333-4444-555555555555")]
    [InlineData("closed", "00000000-0000-0000-0000-000000000000", null)]
    public void Only_those_who_are_named_get_in_and_nobody_where_nobody_is_named(string environment, string identity, string? group)
    {
        JsonNode policy = Deployment.Of(environment).The("Microsoft.Web/sites/config", "authsettingsV2")
            ["identityProviders.azureActiveDirectory.validation.defaultAuthorizationPolicy.allowedPrincipals"]!;
        Assert.Equal([identity], policy["identities"]!.AsArray().Select(id => id!.GetValue<string>()));
        Assert.Equal(group is null ? [] : [group], policy["groups"]!.AsArray().Select(id => id!.GetValue<string>()));
    }

    [Fact]
    public void Without_an_app_registration_the_function_keys_are_what_is_asked_for() => Assert.DoesNotContain(
        Deployment.Of("dev").Resources, resource => resource.Name.EndsWith("/authsettingsV2", StringComparison.Ordinal));

    [Fact]
    public void Lab_workflows_cannot_be_started_in_production()
    {
        Assert.Equal("False", Deployment.Of("prod").Settings["Preempt__Lab"]);
        Assert.Equal("True", Deployment.Of("dev").Settings["Preempt__Lab"]);
    }

    [Fact]
    public void The_scheduler_keeps_the_state_when_it_is_asked_to()
    {
        IReadOnlyDictionary<string, string> settings = Deployment.Of("private").Settings;
        const string Provider = "AzureFunctionsJobHost__extensions__durableTask__storageProvider__";
        Assert.Equal("azureManaged", settings[Provider + "type"]);
        Assert.Contains("Authentication=ManagedIdentity", settings[settings[Provider + "connectionStringName"]], StringComparison.Ordinal);
        Assert.Equal(
            Deployment.Of("private").The("Microsoft.DurableTask/schedulers/taskHubs").Name.Split('/')[^1],
            settings["AzureFunctionsJobHost__extensions__durableTask__hubName"]);
    }

    [Fact]
    public void Azd_finds_the_app() => Assert.Equal("functions", Deployment.Of("dev").The(SiteType).Json["tags"]!["azd-service-name"]!.GetValue<string>());
}
