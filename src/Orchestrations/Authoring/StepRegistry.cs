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

    /// <summary>
    /// Finds the step that is called. Another class of that name that is there too is another step; where the called class is gone it has moved,
    /// and calls that were made before find it by its name.
    /// </summary>
    public bool TryGet(StepCall call, [NotNullWhen(true)] out Type? type) => _byName.TryGetValue(call.Name, out type)
        && (call.Class is null || call.Class == type.FullName || type.Assembly.GetType(call.Class) is null);

    public bool Contains(Type type) => _byName.TryGetValue(NameOf(type), out Type? known) && known == type;
}
