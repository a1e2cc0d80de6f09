using System.Globalization;
using System.Reflection;

namespace Preempt.Embedded.Tests.Surface;

/// <summary>Writes attributes, defaults and constants as the API lists do.</summary>
internal static class ApiValues
{
    /// <summary>Attributes that the compiler adds, or that say nothing to a caller.</summary>
    private static readonly HashSet<string> Unlisted =
    [
        "NullableAttribute", "NullableContextAttribute", "NullablePublicOnlyAttribute", "CompilerGeneratedAttribute",
        "AsyncStateMachineAttribute", "IteratorStateMachineAttribute", "AsyncIteratorStateMachineAttribute",
        "DebuggerStepThroughAttribute", "DebuggerDisplayAttribute", "DebuggerNonUserCodeAttribute", "IsReadOnlyAttribute",
        "ExtensionAttribute", "DefaultMemberAttribute", "RequiredMemberAttribute", "CompilerFeatureRequiredAttribute",
        "SetsRequiredMembersAttribute", "GeneratedCodeAttribute", "TupleElementNamesAttribute", "DynamicAttribute",
    ];

    public static string Attributes(MemberInfo member) => string.Concat(member.GetCustomAttributesData()
        .Where(attribute => !Unlisted.Contains(attribute.AttributeType.Name))
        .Select(attribute => Attribute(attribute) + " "));

    public static string Literal(object? value, Type type)
    {
        Type? underlying = Nullable.GetUnderlyingType(type);
        if (value is null) return underlying is null && (type.IsValueType || type.IsGenericParameter) ? "default" : "null";
        return (underlying ?? type).IsEnum ? EnumMember(value, underlying ?? type) : value switch
        {
            string text => '"' + Escaped(text) + '"',
            bool flag => flag ? "true" : "false",
            char character => $"'{character}'",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static string Attribute(CustomAttributeData attribute)
    {
        string name = attribute.AttributeType.Name;
        const string Suffix = nameof(Attribute);
        if (name.EndsWith(Suffix, StringComparison.Ordinal)) name = name[..^Suffix.Length];
        string[] arguments =
        [
            .. attribute.ConstructorArguments.Select(Argument),
            .. attribute.NamedArguments.Select(named => $"{named.MemberName} = {Argument(named.TypedValue)}"),
        ];
        return arguments.Length == 0 ? $"[{name}]" : $"[{name}({string.Join(", ", arguments)})]";
    }

    private static string Argument(CustomAttributeTypedArgument argument) => argument.Value switch
    {
        null => "null",
        IEnumerable<CustomAttributeTypedArgument> several => "[" + string.Join(", ", several.Select(Argument)) + "]",
        Type type => $"typeof({ApiNames.Plain(type)})",
        object value => Literal(value, argument.ArgumentType),
    };

    private static string EnumMember(object value, Type type)
    {
        object number = value is Enum ? Convert.ChangeType(value, Enum.GetUnderlyingType(type), CultureInfo.InvariantCulture) : value;
        FieldInfo? member = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .FirstOrDefault(field => number.Equals(field.GetRawConstantValue()));
        return member is null ? $"({type.Name}){number}" : $"{type.Name}.{member.Name}";
    }

    private static string Escaped(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal);
}
