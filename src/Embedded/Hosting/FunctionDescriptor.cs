using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Preempt.Embedded.Hosting;

/// <summary>What starts a function.</summary>
internal enum TriggerKind
{
    Http,
    Orchestration,
    Activity,
    Entity,
    Queue,
    Timer,
}

/// <summary>A function of the app: a method, what starts it, and where its arguments come from.</summary>
internal sealed record FunctionDescriptor(
    string Name,
    MethodInfo Method,
    TriggerKind Kind,
    TriggerBindingAttribute Trigger,
    IReadOnlyList<FunctionArgument> Arguments)
{
    /// <summary>Where it is served; null unless it is an HTTP function.</summary>
    public HttpRoute? Route { get; init; }

    /// <summary>The name that orchestrations and clients call it by.</summary>
    public string DurableName => Trigger switch
    {
        OrchestrationTriggerAttribute { Orchestration: { } name } => name,
        ActivityTriggerAttribute { Activity: { } name } => name,
        EntityTriggerAttribute { EntityName: { } name } => name,
        _ => Name,
    };

    /// <summary>
    /// The key that callers of an HTTP function need. The host asks for a function key where the attribute names no level, and the
    /// attribute itself does not tell that from an explicit <see cref="AuthorizationLevel.Anonymous"/>.
    /// </summary>
    public AuthorizationLevel AuthLevel => Trigger is HttpTriggerAttribute trigger && NamesLevel ? trigger.AuthLevel : AuthorizationLevel.Function;

    private bool NamesLevel => Method.GetParameters()
        .SelectMany(parameter => parameter.CustomAttributes)
        .Where(attribute => attribute.AttributeType == typeof(HttpTriggerAttribute))
        .Any(attribute => attribute.ConstructorArguments.Any(argument => argument.ArgumentType == typeof(AuthorizationLevel)));

    /// <summary>The method's full name.</summary>
    public string EntryPoint => $"{Method.DeclaringType}.{Method.Name}";

    public override string ToString() => $"{Name} ({EntryPoint})";
}
