using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Preempt;

/// <summary>The steps of an app, by name.</summary>
internal sealed class StepRegistry(IReadOnlyCollection<Type> types)
{
    private readonly FrozenDictionary<string, Type> _byName = types.ToFrozenDictionary(NameOf);

    /// <summary>The steps' classes.</summary>
    public IReadOnlyCollection<Type> Types => types;

    /// <summary>The name of a step, as in <c>send-mail</c> for <c>SendMail</c>.</summary>
    public static string NameOf(Type type) => WorkflowNames.FromType(type.Name);

    public bool TryGet(string name, [NotNullWhen(true)] out Type? type) => _byName.TryGetValue(name, out type);

    public bool Contains(Type type) => _byName.TryGetValue(NameOf(type), out Type? known) && known == type;
}
