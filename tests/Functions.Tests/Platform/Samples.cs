using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt.Functions.Tests.Platform;

/// <summary>Makes a value of a type, with something other than the default in each property.</summary>
internal static class Samples
{
    private const int MaxDepth = 8;

    private static readonly Dictionary<Type, object> Known = new()
    {
        [typeof(string)] = "text",
        [typeof(bool)] = true,
        [typeof(int)] = 3,
        [typeof(long)] = 4L,
        [typeof(double)] = 0.5,
        [typeof(DateTimeOffset)] = new DateTimeOffset(2026, 11, 25, 1, 2, 3, 456, TimeSpan.Zero).AddTicks(7),
        [typeof(TimeSpan)] = TimeSpan.FromMilliseconds(90_061_001),
        [typeof(Guid)] = new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"),
        [typeof(JsonElement)] = JsonSerializer.SerializeToElement(new { a = new object?[] { 1, "b", null } }),
        [typeof(Duration)] = Duration.Parse("1h30m"),
        [typeof(EndCondition)] = EndCondition.Parse("time of day between 08:00 and 18:00 Europe/Paris and weekdays"),
        [typeof(RunAge)] = new RunAge("chat-reply:abc:1", new DateTimeOffset(2026, 11, 25, 1, 2, 3, TimeSpan.Zero)),
    };

    /// <summary>Whether a type writes itself as one text, so that its properties do not cross.</summary>
    public static bool HasOwnText(Type type) => Known.ContainsKey(type) || type.GetCustomAttribute<JsonConverterAttribute>() is not null;

    /// <summary>The properties of a type that are written.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0
            && property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always });

    public static object Of(Type type, int depth = 0)
    {
        Assert.True(depth < MaxDepth, $"{type} holds itself.");
        if (Known.TryGetValue(type, out object? known))
            return known;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying, depth);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(1)!;
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
            return Collection(type, depth);
        return Whole(type, depth);
    }

    private static object Collection(Type type, int depth)
    {
        Type[] arguments = type.GetGenericArguments();
        object[] parts = [.. arguments.Select(argument => Of(argument, depth + 1))];
        if (parts.Length == 2)
        {
            Type map = typeof(ImmutableDictionary<,>).MakeGenericType(arguments);
            return map.GetMethod("Add", arguments)!.Invoke(map.GetField("Empty")!.GetValue(null), parts)!;
        }

        MethodInfo create = typeof(ImmutableArray).GetMethods()
            .Single(method => method.Name == "Create" && method.GetParameters() is [{ ParameterType.IsGenericMethodParameter: true }]);
        return create.MakeGenericMethod(arguments).Invoke(null, parts)!;
    }

    private static object Whole(Type type, int depth)
    {
        ConstructorInfo constructor = type.GetConstructors()
            .Where(candidate => candidate.GetParameters() is not [var only] || only.ParameterType != type)
            .MaxBy(candidate => candidate.GetParameters().Length)!;
        object value = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType, depth + 1))]);
        foreach (PropertyInfo property in Properties(type).Where(property => property.SetMethod is not null))
            property.SetValue(value, Of(property.PropertyType, depth + 1));
        return value;
    }
}
