using Microsoft.CodeAnalysis;

namespace Preempt.Analyzers;

/// <summary>The properties that an input has as JSON. Where a type decides its JSON itself, it may have any.</summary>
internal static class InputMembers
{
    /// <summary>Finds the first step of a path that the type has no property for.</summary>
    /// <returns>The type that lacks it, and what may have been meant; null where all are there, or where nobody can tell.</returns>
    public static (string Owner, string Hint)? FindMissing(ITypeSymbol input, KeyPath path)
    {
        ITypeSymbol type = input;
        foreach (string? step in path.Steps)
        {
            type = WithoutNull(type);
            if (HasJsonOfItsOwn(type))
                return null;
            ITypeSymbol? next = step is null ? JsonTypes.ItemOf(type) : TypeOf(type, step);
            if (next is null)
                return (type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), step is null ? "" : HintFor(type, step));
            type = next;
        }

        return null;
    }

    private static ITypeSymbol WithoutNull(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;

    private static bool HasJsonOfItsOwn(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_Object
        || type.TypeKind is TypeKind.Dynamic or TypeKind.Error or TypeKind.TypeParameter
        || (type.TypeKind == TypeKind.Interface && JsonTypes.ItemOf(type) is null)
        || JsonTypes.IsOpen(type)
        || type.GetAttributes().Any(static each => each.AttributeClass?.Name is "JsonConverterAttribute" or "JsonDerivedTypeAttribute" or "JsonPolymorphicAttribute")
        || MembersOf(type).Any(static member => Attribute(member, "JsonExtensionDataAttribute") is not null);

    private static ITypeSymbol? TypeOf(ITypeSymbol type, string name) => JsonTypes.ItemOf(type) is not null || IsValue(type)
        ? null
        : MembersOf(type).FirstOrDefault(member => string.Equals(NameOf(member), name, StringComparison.OrdinalIgnoreCase)) switch
        {
            IPropertySymbol property => property.Type,
            IFieldSymbol field => field.Type,
            _ => null,
        };

    /// <summary>Whether the type is text, a number or a boolean in JSON.</summary>
    private static bool IsValue(ITypeSymbol type) =>
        type.SpecialType is not SpecialType.None
        || type.TypeKind == TypeKind.Enum
        || (type.ContainingNamespace?.ToDisplayString() == "System" && type.Name is "Guid" or "TimeSpan" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "Uri");

    private static IEnumerable<ISymbol> MembersOf(ITypeSymbol type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            foreach (ISymbol member in current.GetMembers())
            {
                bool isInJson = member switch
                {
                    IPropertySymbol { IsStatic: false, IsIndexer: false } property => property.DeclaredAccessibility == Accessibility.Public || IsIncluded(property),
                    IFieldSymbol { IsStatic: false } field => IsIncluded(field),
                    _ => false,
                };
                if (isInJson && !IsIgnored(member))
                    yield return member;
            }
        }
    }

    private static bool IsIncluded(ISymbol member) => Attribute(member, "JsonIncludeAttribute") is not null;

    private static bool IsIgnored(ISymbol member) =>
        Attribute(member, "JsonIgnoreAttribute") is { } ignore && ignore.NamedArguments.All(static argument => argument.Key != "Condition");

    private static string NameOf(ISymbol member) =>
        Attribute(member, "JsonPropertyNameAttribute")?.ConstructorArguments.FirstOrDefault().Value as string ?? member.Name;

    private static AttributeData? Attribute(ISymbol member, string name) =>
        member.GetAttributes().FirstOrDefault(each => each.AttributeClass?.Name == name);

    /// <summary>The property whose name is most like the one that is missing.</summary>
    private static string HintFor(ITypeSymbol type, string name)
    {
        string? nearest = MembersOf(type).Select(NameOf)
            .Where(static each => each != "EqualityContract")
            .OrderBy(each => Distance(each.ToUpperInvariant(), name.ToUpperInvariant()))
            .FirstOrDefault();
        return nearest is not null && Distance(nearest.ToUpperInvariant(), name.ToUpperInvariant()) <= Math.Max(2, name.Length / 3)
            ? $"; is '{nearest.Substring(0, 1).ToLowerInvariant()}{nearest.Substring(1)}' meant?"
            : "";
    }

    /// <summary>How many letters differ (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int cost = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[other.Length];
    }
}
