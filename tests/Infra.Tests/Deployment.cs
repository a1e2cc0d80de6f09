using System.Text.Json.Nodes;

namespace Preempt.Infra.Tests;

/// <summary>
/// What a deployment with one of the parameter files would make, as the compiler evaluates it. What only Azure can tell, such as
/// the address of an account, is still an expression in brackets.
/// </summary>
internal sealed class Deployment
{
    private Deployment(string environment)
    {
        JsonNode snapshot = Compiled.Read($"{environment}.snapshot.json");
        Resources = [.. snapshot["predictedResources"]!.AsArray().Select(resource => new Resource(resource!.AsObject()))];
        Outputs = snapshot["outputs"]!.AsObject();
        Environment = environment;
    }

    /// <summary>All environments: those that are deployed, and one with everything optional switched on.</summary>
    public static TheoryData<string> Environments => ["dev", "prod", "private"];

    public string Environment { get; }

    public IReadOnlyList<Resource> Resources { get; }

    public JsonObject Outputs { get; }

    public static Deployment Of(string environment) => new(environment);

    /// <summary>The resources of a type; there is at least one.</summary>
    public IReadOnlyList<Resource> All(string type)
    {
        Resource[] found = [.. Resources.Where(resource => resource.Type == type)];
        Assert.NotEmpty(found);
        return found;
    }

    /// <summary>The one resource of a type.</summary>
    public Resource The(string type) => Assert.Single(Resources, resource => resource.Type == type);

    /// <summary>The one resource of a type whose name ends so.</summary>
    public Resource The(string type, string lastName) =>
        Assert.Single(Resources, resource => resource.Type == type && resource.Name.EndsWith("/" + lastName, StringComparison.Ordinal));

    /// <summary>The storage account of the app's state and queues.</summary>
    public Resource Storage => Account("st");

    /// <summary>The storage account of the app's packages.</summary>
    public Resource Packages => Account("stp");

    /// <summary>The identity that the app runs as.</summary>
    public Resource AppIdentity => Identity(isDeployer: false);

    /// <summary>The identity by which the platform reaches the packages.</summary>
    public Resource Deployer => Identity(isDeployer: true);

    private Resource Account(string prefix) => Assert.Single(
        All("Microsoft.Storage/storageAccounts"), account => account.Name.StartsWith(prefix + Environment[..3], StringComparison.Ordinal));

    private Resource Identity(bool isDeployer) => Assert.Single(
        All("Microsoft.ManagedIdentity/userAssignedIdentities"), identity => identity.Name.Contains("-deploy-", StringComparison.Ordinal) == isDeployer);

    /// <summary>The settings of the app.</summary>
    public IReadOnlyDictionary<string, string> Settings => The("Microsoft.Web/sites/config", "appsettings").Json["properties"]!
        .AsObject().ToDictionary(setting => setting.Key, setting => setting.Value!.GetValue<string>());
}

/// <summary>One resource of a deployment.</summary>
internal sealed record Resource(JsonObject Json)
{
    public string Type => Json["type"]!.GetValue<string>();

    public string Name => Json["name"]!.GetValue<string>();

    public string Id => Json["id"]!.GetValue<string>();

    /// <summary>A property by its path, such as <c>encryption.keySource</c>; null when it is not there.</summary>
    public JsonNode? this[string path] => path.Split('.').Aggregate(Json["properties"], (node, name) => node?[name]);

    public string? Text(string path) => this[path]?.GetValue<string>();

    public bool? Flag(string path) => this[path]?.GetValue<bool>();

    /// <summary>The id of what it is scoped to or part of, from the resource group down.</summary>
    public string Scope
    {
        get
        {
            const string Provider = "/providers/";
            string id = Id[..Id.LastIndexOf(Provider, StringComparison.Ordinal)];
            return id[(id.LastIndexOf(Provider, StringComparison.Ordinal) + Provider.Length)..];
        }
    }
}

/// <summary>What the build has compiled.</summary>
internal static class Compiled
{
    public static JsonNode Read(string file) => JsonNode.Parse(ReadText(file))!;

    public static string ReadText(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "compiled", file));

    /// <summary>All templates in a compiled file: the one on top, and those of its modules.</summary>
    public static IEnumerable<JsonObject> Templates(JsonObject template)
    {
        yield return template;
        IEnumerable<JsonNode?> resources = template["resources"] is JsonArray list ? list : template["resources"]!.AsObject().Select(pair => pair.Value);
        foreach (JsonNode? resource in resources)
        {
            if (resource!["type"]?.GetValue<string>() != "Microsoft.Resources/deployments")
                continue;
            foreach (JsonObject nested in Templates(resource["properties"]!["template"]!.AsObject()))
                yield return nested;
        }
    }
}
