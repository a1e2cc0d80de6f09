using System.Collections;
using System.Reflection;

namespace Preempt.Embedded.Tests.Surface;

/// <summary>Writes what the properties of an object hold that was given no more than it must be given.</summary>
internal static class ApiDefaults
{
    public static string Of(Type type)
    {
        object made = Make(type);
        IEnumerable<string> values = Properties(type).Select(property => $"{property.Name} = {Show(property.GetValue(made), property)}");
        return $"{type.Name}: {string.Join(", ", values)}".TrimEnd();
    }

    private static object Make(Type type)
    {
        ConstructorInfo shortest = type.GetConstructors().MinBy(made => made.GetParameters().Count(parameter => !parameter.IsOptional))!;
        return shortest.Invoke([.. shortest.GetParameters().Select(Argument)]);
    }

    private static object? Argument(ParameterInfo parameter) => parameter switch
    {
        { IsOptional: true } => Type.Missing,
        _ when parameter.ParameterType == typeof(string) => "text",
        _ when parameter.ParameterType == typeof(Type) => typeof(object),
        _ => throw new InvalidOperationException($"{parameter.Member.DeclaringType} needs a {parameter.ParameterType}."),
    };

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties()
        .Where(property => property.DeclaringType != typeof(Attribute))
        .OrderBy(property => property.Name, StringComparer.Ordinal);

    private static string Show(object? value, PropertyInfo property) => value switch
    {
        Type => "a type",
        ICollection { Count: 0 } => "empty",
        _ => ApiValues.Literal(value, property.PropertyType),
    };
}
