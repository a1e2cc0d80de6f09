using System.Reflection;
using System.Runtime.CompilerServices;

namespace Preempt.Embedded.Tests.Surface;

/// <summary>One line for each type, and for each member of it, that a caller or a deriving class can see.</summary>
internal static class ApiLines
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static bool IsVisible(Type type) => type.DeclaringType is { } outer
        ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(outer)
        : type.IsPublic;

    public static IEnumerable<string> Of(Type type)
    {
        yield return TypeLine(type);
        if (IsDelegate(type)) yield break;
        foreach (string member in type.IsEnum ? EnumMembers(type) : Members(type))
            yield return $"  {ApiNames.Full(type)} :: {member}";
    }

    public static string TypeLine(Type type)
    {
        string start = ApiValues.Attributes(type) + Access(type.IsPublic || type.IsNestedPublic);
        Type[] parameters = type.GetGenericArguments();
        if (!IsDelegate(type)) return start + Kind(type) + " " + ApiNames.Full(type) + Bases(type) + Constraints(parameters);
        MethodInfo invoke = type.GetMethod("Invoke")!;
        string result = ApiNames.Annotated(invoke.ReturnType, invoke.ReturnParameter, invoke);
        return $"{start}delegate {result} {ApiNames.Full(type)}({Parameters(invoke)}){Constraints(parameters)};";
    }

    private static IEnumerable<string> EnumMembers(Type type) => type
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(member => $"{member.Name} = {member.GetRawConstantValue()}");

    private static IEnumerable<string> Members(Type type) =>
    [
        .. type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly).Select(Field),
        .. type.GetConstructors(Declared).Where(made => !made.IsStatic && IsVisible(made)).Select(Constructor),
        .. type.GetProperties(Declared).Select(Property).OfType<string>(),
        .. type.GetEvents(Declared).Where(raised => IsVisible(raised.AddMethod!)).Select(Event),
        .. type.GetMethods(Declared).Where(IsListed).Select(Method),
    ];

    private static bool IsListed(MethodInfo method) =>
        IsVisible(method)
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !method.Name.Contains('<', StringComparison.Ordinal);

    private static string Field(FieldInfo field)
    {
        string modifiers = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        string value = field.IsLiteral ? " = " + ApiValues.Literal(field.GetRawConstantValue(), field.FieldType) : "";
        string type = ApiNames.Annotated(field.FieldType, field, field.DeclaringType!);
        return $"{ApiValues.Attributes(field)}{Access(field.IsPublic)}{modifiers}{type} {field.Name}{value};";
    }

    private static string Constructor(ConstructorInfo constructor) => ApiValues.Attributes(constructor)
        + Access(constructor.IsPublic) + $"{ApiNames.Simple(constructor.DeclaringType!)}({Parameters(constructor)});";

    private static string? Property(PropertyInfo property)
    {
        MethodInfo? get = property.GetMethod is { } getter && IsVisible(getter) ? getter : null;
        MethodInfo? set = property.SetMethod is { } setter && IsVisible(setter) ? setter : null;
        if ((get ?? set) is not { } either) return null;

        bool isPublic = get?.IsPublic == true || set?.IsPublic == true;
        string Accessor(MethodInfo? accessor, string word) =>
            accessor is null ? "" : (isPublic && !accessor.IsPublic ? "protected " : "") + word + "; ";
        bool isInit = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        string type = ApiNames.Annotated(property.PropertyType, property, property.DeclaringType!);
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        return $"{ApiValues.Attributes(property)}{Access(isPublic)}{required}{Modifiers(either)}{type} {name} "
            + $"{{ {Accessor(get, "get")}{Accessor(set, isInit ? "init" : "set")}}}";
    }

    private static string Event(EventInfo raised) => ApiValues.Attributes(raised) + Access(raised.AddMethod!.IsPublic)
        + $"{Modifiers(raised.AddMethod)}event {ApiNames.Plain(raised.EventHandlerType!)} {raised.Name};";

    private static string Method(MethodInfo method)
    {
        Type[] parameters = method.GetGenericArguments();
        string generic = parameters.Length == 0 ? "" : "<" + string.Join(", ", parameters.Select(parameter => parameter.Name)) + ">";
        string result = ApiNames.Annotated(method.ReturnType, method.ReturnParameter, method);
        return $"{ApiValues.Attributes(method)}{Access(method.IsPublic)}{Modifiers(method)}{result} {method.Name}{generic}"
            + $"({Parameters(method)}){Constraints(parameters)};";
    }

    private static string Parameters(MethodBase method)
    {
        string receiver = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return receiver + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        string modifier = parameter switch
        {
            { ParameterType.IsByRef: true, IsOut: true } => "out ",
            { ParameterType.IsByRef: true } => parameter.IsDefined(typeof(IsReadOnlyAttribute)) ? "in " : "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) => "params ",
            _ when parameter.IsDefined(typeof(ParamCollectionAttribute)) => "params ",
            _ => "",
        };
        object? value = parameter.IsOptional ? parameter.RawDefaultValue : null;
        string otherwise = parameter.IsOptional
            ? " = " + ApiValues.Literal(value is DBNull or Missing ? null : value, parameter.ParameterType)
            : "";
        return modifier + ApiNames.Annotated(parameter.ParameterType, parameter, parameter.Member) + " " + parameter.Name + otherwise;
    }

    private static string Modifiers(MethodInfo method)
    {
        bool isOverride = method.IsVirtual && (method.Attributes & MethodAttributes.NewSlot) == 0;
        return method switch
        {
            { DeclaringType.IsInterface: true } => method.IsStatic ? "static " : method.IsAbstract ? "" : "/*default impl*/ ",
            { IsStatic: true } => "static ",
            { IsAbstract: true } => isOverride ? "abstract override " : "abstract ",
            { IsVirtual: true } when isOverride => method.IsFinal ? "sealed override " : "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
    }

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")
            + (type.GetMethods(Declared).Any(method => method.Name == "<Clone>$") ? "record" : "class"),
    };

    private static string Bases(Type type)
    {
        IEnumerable<Type> bases = type.IsEnum
            ? [Enum.GetUnderlyingType(type)]
            : type.GetInterfaces().Where(implemented => implemented.IsPublic || implemented.IsNestedPublic);
        if (!type.IsEnum && type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            bases = bases.Prepend(parent);
        string list = string.Join(", ", bases.Select(ApiNames.Plain));
        return list.Length == 0 ? "" : " : " + list;
    }

    private static string Constraints(IEnumerable<Type> parameters) => string.Concat(parameters
        .Where(parameter => parameter.IsGenericParameter)
        .Select(parameter => (parameter.Name, Rules: string.Join(", ", Rules(parameter))))
        .Where(parameter => parameter.Rules.Length > 0)
        .Select(parameter => $" where {parameter.Name} : {parameter.Rules}"));

    private static IEnumerable<string> Rules(Type parameter)
    {
        GenericParameterAttributes flags = parameter.GenericParameterAttributes;
        Type[] bounds = [.. parameter.GetGenericParameterConstraints().Where(bound => bound != typeof(ValueType))];
        bool isValue = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        bool isReference = flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint);
        if (isValue) yield return "struct";
        else if (isReference) yield return "class";
        else if (bounds.Length == 0 && IsNotNull(parameter)) yield return "notnull";
        foreach (Type bound in bounds) yield return ApiNames.Plain(bound);
        if (!isValue && flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint)) yield return "new()";
    }

    private static bool IsNotNull(Type parameter) => parameter.GetCustomAttributesData().Any(attribute =>
        attribute.AttributeType.Name == "NullableAttribute" && attribute.ConstructorArguments[0].Value is (byte)1);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsDelegate(Type type) => type.BaseType == typeof(MulticastDelegate);

    private static string Access(bool isPublic) => isPublic ? "public " : "protected ";
}
