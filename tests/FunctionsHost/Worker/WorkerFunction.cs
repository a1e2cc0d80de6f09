using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Preempt.FunctionsHost.Protocol;

namespace Preempt.FunctionsHost.Worker;

/// <summary>A function as the worker describes it.</summary>
/// <param name="Id">What invocations call it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Trigger">What starts it.</param>
/// <param name="Clients">Its parameters that take a durable client.</param>
internal sealed partial record WorkerFunction(string Id, string Name, Binding Trigger, IReadOnlyList<Binding> Clients)
{
    private const string ClientType = "durableClient";

    /// <summary>Reads what the worker said.</summary>
    /// <exception cref="NotSupportedException">The function needs a binding that this host does not have.</exception>
    /// <exception cref="InvalidOperationException">A Functions host takes no function of that name.</exception>
    public static WorkerFunction Read(RpcFunctionMetadata metadata)
    {
        if (!AllowedName().IsMatch(metadata.Name))
            throw new InvalidOperationException($"\"{metadata.Name}\" is no name of a function: a letter is expected, then letters, digits, _ and -, 127 characters at most.");
        Binding[] bindings = [.. metadata.RawBindings.Select(Binding.Read)];
        Binding[] triggers = [.. bindings.Where(binding => binding.Is("Trigger"))];
        Binding[] clients = [.. bindings.Where(binding => binding.Type == ClientType)];
        // The answer to an HTTP request is an output binding that has nothing to say.
        if (bindings.Except(triggers).Except(clients).FirstOrDefault(binding => binding.Type != "http") is { } unknown)
            throw new NotSupportedException($"The function {metadata.Name} has a binding of the type {unknown.Type}, which this host does not have.");
        return triggers is [Binding trigger]
            ? new(metadata.FunctionId, metadata.Name, trigger, clients)
            : throw new NotSupportedException($"The function {metadata.Name} has {triggers.Length} triggers; one is expected.");
    }

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9_\-]{0,126}\z")]
    private static partial Regex AllowedName();
}

/// <summary>One parameter of a function, with the settings that its attribute has in the worker.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Type">Such as <c>queueTrigger</c>.</param>
/// <param name="Settings">All of its JSON.</param>
internal sealed record Binding(string Name, string Type, JsonObject Settings)
{
    public static Binding Read(string json)
    {
        JsonObject settings = JsonNode.Parse(json)!.AsObject();
        return new((string?)settings["name"] ?? "", (string?)settings["type"] ?? "", settings);
    }

    /// <summary>Whether its type ends so.</summary>
    public bool Is(string suffix) => Type.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>A setting; null when it is missing.</summary>
    public string? this[string setting] => (string?)Settings[setting];
}
