using Microsoft.CodeAnalysis;

namespace Preempt.Analyzers;

/// <summary>What types are in JSON.</summary>
internal static class JsonTypes
{
    /// <summary>Whether a value of the type may have any properties: JSON itself, and dictionaries.</summary>
    public static bool IsOpen(ITypeSymbol type) =>
        type.ContainingNamespace?.ToDisplayString() is "System.Text.Json" or "System.Text.Json.Nodes"
        || type.Name.Contains("Dictionary")
        || type.AllInterfaces.Any(static each => each.Name == "IDictionary");

    /// <summary>What a collection holds, all of which are arrays in JSON; null where the type is none.</summary>
    public static ITypeSymbol? ItemOf(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String)
            return null;
        return type is IArrayTypeSymbol array
            ? array.ElementType
            : type.AllInterfaces.Concat(type is INamedTypeSymbol named ? new[] { named } : [])
                .FirstOrDefault(static each => each.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)?.TypeArguments[0];
    }
}
