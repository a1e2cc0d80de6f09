using System.Reflection;
using System.Text;

namespace Preempt.Embedded.Tests.Surface;

/// <summary>Writes types as the API lists do: short names, keywords, and <c>?</c> where the compiler's attributes say so.</summary>
internal static class ApiNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(byte)] = "byte",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>The name without generic arguments.</summary>
    public static string Simple(Type type) => type.Name.Split('`')[0];

    /// <summary>The name with its namespace and its own generic parameters.</summary>
    public static string Full(Type type)
    {
        string before = type.DeclaringType is { } outer ? Full(outer) : type.Namespace ?? "";
        Type[] own = [.. type.GetGenericArguments().Skip(InheritedArguments(type))];
        string arguments = own.Length == 0 ? "" : "<" + string.Join(", ", own.Select(Variant)) + ">";
        return (before.Length == 0 ? "" : before + ".") + Simple(type) + arguments;
    }

    /// <summary>A type as written in a base list or an attribute: nullability plays no part.</summary>
    public static string Plain(Type type) => Write(type, Nullability.None);

    /// <summary>A type as declared somewhere.</summary>
    /// <param name="type">The type.</param>
    /// <param name="source">What the nullability stands at.</param>
    /// <param name="surroundings">Where to look for the default.</param>
    public static string Annotated(Type type, ICustomAttributeProvider source, MemberInfo surroundings) =>
        Write(type, new Nullability(source, surroundings));

    private static string Write(Type type, Nullability nullability)
    {
        if (type.IsByRef) return Write(type.GetElementType()!, nullability);
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            nullability.Next();
            return Write(value, nullability) + "?";
        }

        string mark = nullability.MarkOf(type);
        if (type.IsArray) return Write(type.GetElementType()!, nullability) + "[]" + mark;
        if (type.IsGenericParameter) return type.Name + mark;
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword + mark;

        string[] arguments = [.. type.GetGenericArguments().Select(argument => Write(argument, nullability))];
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
            return "(" + string.Join(", ", arguments) + ")";
        return Nested(type, arguments) + mark;
    }

    private static string Nested(Type type, ReadOnlySpan<string> arguments)
    {
        int inherited = InheritedArguments(type);
        StringBuilder text = new();
        if (type.DeclaringType is { } outer)
            text.Append(Nested(outer, arguments[..inherited])).Append('.');
        text.Append(Simple(type));
        if (arguments.Length > inherited)
            text.Append('<').AppendJoin(", ", arguments[inherited..]!).Append('>');
        return text.ToString();
    }

    private static int InheritedArguments(Type type) => type.DeclaringType?.GetGenericArguments().Length ?? 0;

    private static string Variant(Type parameter) =>
        (parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
        {
            GenericParameterAttributes.Covariant => "out ",
            GenericParameterAttributes.Contravariant => "in ",
            _ => "",
        } + parameter.Name;

    /// <summary>The compiler's flags for a type, one for each part of it, in the order in which it is written.</summary>
    private sealed class Nullability
    {
        private const string Flags = "System.Runtime.CompilerServices.NullableAttribute";
        private const string Context = "System.Runtime.CompilerServices.NullableContextAttribute";
        private const byte MayBeNull = 2;
        private readonly byte[] _flags;
        private readonly byte _default;
        private int _next;

        private Nullability() => _flags = [];

        public Nullability(ICustomAttributeProvider source, MemberInfo surroundings)
        {
            object? flags = Argument(DataOf(source), Flags);
            _flags = flags is IEnumerable<CustomAttributeTypedArgument> several ? [.. several.Select(flag => (byte)flag.Value!)] : [];
            _default = flags switch
            {
                byte one => one,
                null => ContextOf(surroundings),
                _ => 0,
            };
        }

        public static Nullability None => new();

        public byte Next() => _flags.Length == 0 ? _default : _next < _flags.Length ? _flags[_next++] : (byte)0;

        public string MarkOf(Type type)
        {
            bool hasFlag = !type.IsValueType || type.IsGenericType;
            return hasFlag && Next() == MayBeNull && !type.IsValueType ? "?" : "";
        }

        private static byte ContextOf(MemberInfo? member)
        {
            for (; member is not null; member = member.DeclaringType)
            {
                if (Argument(member.GetCustomAttributesData(), Context) is byte flag) return flag;
            }

            return 0;
        }

        private static object? Argument(IEnumerable<CustomAttributeData> attributes, string name) =>
            attributes.FirstOrDefault(attribute => attribute.AttributeType.FullName == name)?.ConstructorArguments[0].Value;

        private static IEnumerable<CustomAttributeData> DataOf(ICustomAttributeProvider source) => source switch
        {
            ParameterInfo parameter => parameter.GetCustomAttributesData(),
            MemberInfo member => member.GetCustomAttributesData(),
            _ => [],
        };
    }
}
