using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json.Nodes;
using Preempt.FunctionsHost.Worker;

namespace Preempt.FunctionsHost.Jobs;

/// <summary>Makes the host's attribute of a binding: what the worker says about the binding are the attribute's properties.</summary>
internal static class BindingAttribute
{
    /// <summary>An attribute that all parameters can have.</summary>
    public static T Make<T>(Binding binding)
        where T : Attribute, new()
    {
        T attribute = new();
        foreach ((PropertyInfo property, object value) in Properties(typeof(T), binding))
            property.SetValue(attribute, value);
        return attribute;
    }

    /// <summary>An attribute for a method that is being made.</summary>
    /// <param name="arguments">The settings that its constructor takes.</param>
    public static CustomAttributeBuilder Describe(Type attribute, Binding binding, params string[] arguments)
    {
        (PropertyInfo Property, object Value)[] properties = [.. Properties(attribute, binding)];
        ConstructorInfo constructor = attribute.GetConstructor([.. arguments.Select(_ => typeof(string))])!;
        return new(
            constructor,
            [.. arguments.Select(argument => (object?)binding[argument])],
            [.. properties.Select(property => property.Property)],
            [.. properties.Select(property => property.Value)]);
    }

    private static IEnumerable<(PropertyInfo Property, object Value)> Properties(Type attribute, Binding binding) =>
        from property in attribute.GetProperties()
        where property.CanWrite
        let setting = binding.Settings.FirstOrDefault(setting => setting.Key.Equals(property.Name, StringComparison.OrdinalIgnoreCase)).Value
        where setting is JsonValue
        select (property, setting.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False
            ? (object)setting.GetValue<bool>()
            : setting.ToString());
}
