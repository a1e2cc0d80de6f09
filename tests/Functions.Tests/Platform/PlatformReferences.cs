using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Preempt.Functions.Tests.Platform;

/// <summary>What a compiled assembly uses of another, as its metadata says it.</summary>
internal sealed class PlatformReferences : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly string _assembly;

    public PlatformReferences(string file, string referencedAssembly)
    {
        _file = new PEReader(File.OpenRead(file));
        _metadata = _file.GetMetadataReader();
        _assembly = referencedAssembly;
    }

    /// <summary>The types that it names.</summary>
    public IEnumerable<string> Types => _metadata.TypeReferences.Where(IsOfAssembly).Select(NameOf);

    /// <summary>The members that it calls, with how many parameters each has.</summary>
    public IEnumerable<MemberUse> Members
    {
        get
        {
            foreach (MemberReferenceHandle handle in _metadata.MemberReferences)
            {
                MemberReference member = _metadata.GetMemberReference(handle);
                if (TypeOf(member.Parent) is { } type && IsOfAssembly(type))
                    yield return new MemberUse(NameOf(type), _metadata.GetString(member.Name), ParameterCount(member));
            }
        }
    }

    /// <summary>The named arguments of attributes, as writes of the attribute's properties.</summary>
    public IEnumerable<MemberUse> NamedArguments
    {
        get
        {
            foreach (CustomAttributeHandle handle in _metadata.CustomAttributes)
            {
                CustomAttribute attribute = _metadata.GetCustomAttribute(handle);
                if (attribute.Constructor.Kind != HandleKind.MemberReference)
                    continue;
                MemberReference constructor = _metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor);
                if (TypeOf(constructor.Parent) is not { } type || !IsOfAssembly(type))
                    continue;
                foreach (CustomAttributeNamedArgument<string> argument in attribute.DecodeValue(new TypeNames()).NamedArguments)
                    yield return new MemberUse(NameOf(type), $"set_{argument.Name}", 1);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private TypeReferenceHandle? TypeOf(EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => (TypeReferenceHandle)parent,
        HandleKind.TypeSpecification => GenericTypeOf(_metadata.GetTypeSpecification((TypeSpecificationHandle)parent)),
        _ => null,
    };

    /// <summary>Of <c>TaskEntity&lt;GateState&gt;</c>, <c>TaskEntity</c>.</summary>
    private TypeReferenceHandle? GenericTypeOf(TypeSpecification type)
    {
        BlobReader signature = _metadata.GetBlobReader(type.Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return null;
        signature.ReadCompressedInteger();
        EntityHandle handle = signature.ReadTypeHandle();
        return handle.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)handle : null;
    }

    private int ParameterCount(MemberReference member)
    {
        BlobReader signature = _metadata.GetBlobReader(member.Signature);
        SignatureHeader header = signature.ReadSignatureHeader();
        if (header.Kind != SignatureKind.Method)
            return 0;
        if (header.IsGeneric)
            signature.ReadCompressedInteger();
        return signature.ReadCompressedInteger();
    }

    private bool IsOfAssembly(TypeReferenceHandle handle)
    {
        EntityHandle scope = _metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => IsOfAssembly((TypeReferenceHandle)scope),
            HandleKind.AssemblyReference =>
                _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) == _assembly,
            _ => false,
        };
    }

    private string NameOf(TypeReferenceHandle handle)
    {
        TypeReference type = _metadata.GetTypeReference(handle);
        string name = _metadata.GetString(type.Name).Split('`')[0];
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf((TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : $"{_metadata.GetString(type.Namespace)}.{name}";
    }

    /// <summary>Decodes attributes without loading anything.</summary>
    private sealed class TypeNames : ICustomAttributeTypeProvider<string>
    {
        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSystemType() => "System.Type";

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            reader.GetString(reader.GetTypeDefinition(handle).Name);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            reader.GetString(reader.GetTypeReference(handle).Name);

        public string GetTypeFromSerializedName(string name) => name;

        public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

        public bool IsSystemType(string type) => type == "System.Type";
    }
}

/// <summary>A use of a member.</summary>
/// <param name="Type">The type's full name, without generic arguments.</param>
/// <param name="Name">The member's name in metadata: accessors are methods.</param>
/// <param name="Parameters">How many parameters it has.</param>
internal sealed record MemberUse(string Type, string Name, int Parameters);

/// <summary>The public members of the real assemblies.</summary>
internal sealed class PlatformLists
{
    private readonly Dictionary<string, ImmutableArray<string>> _members;

    private PlatformLists(Dictionary<string, ImmutableArray<string>> members) => _members = members;

    public static PlatformLists Read(string folder)
    {
        Dictionary<string, List<string>> members = [];
        foreach (string line in Directory.GetFiles(folder, "*.txt").SelectMany(File.ReadLines))
        {
            string[] parts = line.Split(" :: ", 2);
            if (parts.Length == 2)
                Of(WithoutArguments(parts[0].Trim())).Add(parts[1].TrimEnd(';'));
            else if (line.StartsWith("public delegate ", StringComparison.Ordinal))
                Of(WithoutArguments(line.Split('(')[0].Split(' ')[^1])).AddRange(MembersOfDelegate(line));
            else if (line.Split(" : ")[0].Split(' ').FirstOrDefault(word => word.StartsWith("Microsoft.", StringComparison.Ordinal)) is { } type)
                Of(WithoutArguments(type.Split('(')[0]));
        }

        return new PlatformLists(members.ToDictionary(pair => pair.Key, pair => pair.Value.ToImmutableArray()));

        List<string> Of(string type) => members.TryGetValue(type, out List<string>? known) ? known : members[type] = [];
    }

    /// <summary>What every delegate has, and no list names.</summary>
    private static string[] MembersOfDelegate(string line)
    {
        string[] parts = line.TrimEnd(';').Split('(', 2);
        string name = WithoutArguments(parts[0].Split(' ')[^1]);
        return [$"public {name[(name.LastIndexOf('.') + 1)..]}(object target, IntPtr method)", $"public void Invoke({parts[1]}"];
    }

    public bool HasType(string type) => _members.ContainsKey(type);

    public bool HasMember(MemberUse use) => _members.TryGetValue(use.Type, out ImmutableArray<string> members) && members.Any(member => Matches(member, use));

    private static bool Matches(string member, MemberUse use)
    {
        string typeName = use.Type[(use.Type.LastIndexOf('.') + 1)..];
        return use.Name.Split('_', 2) switch
        {
            [".ctor"] => IsMethod(member, typeName, use.Parameters),
            ["get", var property] when use.Parameters == 0 => IsProperty(member, property, "get;"),
            ["set", var property] => IsProperty(member, property, "set;") || IsProperty(member, property, "init;"),
            _ => IsMethod(member, use.Name, use.Parameters),
        };
    }

    private static bool IsProperty(string member, string name, string accessor)
    {
        int body = member.IndexOf(" { ", StringComparison.Ordinal);
        return body > 0 && member[..body].EndsWith(" " + name, StringComparison.Ordinal) && member[body..].Contains(accessor, StringComparison.Ordinal);
    }

    private static bool IsMethod(string member, string name, int parameters)
    {
        int open = member.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
            return false;
        string before = WithoutArguments(member[..open]);
        return (before == name || before.EndsWith(" " + name, StringComparison.Ordinal)) && Count(member[(open + 1)..]) == parameters;
    }

    /// <summary>Counts parameters up to the closing parenthesis; commas within generic arguments and defaults are none of theirs.</summary>
    private static int Count(string text)
    {
        int depth = 0, count = 0;
        bool any = false;
        foreach (char character in text)
        {
            if (character is '<' or '(' or '[' or '{')
                depth++;
            else if (character == ')' && depth == 0)
                break;
            else if (character is '>' or ')' or ']' or '}')
                depth--;
            else if (character == ',' && depth == 0)
                count++;
            any |= character != ' ';
        }

        return any ? count + 1 : 0;
    }

    /// <summary>A name without its generic parameters.</summary>
    private static string WithoutArguments(string name)
    {
        int open = name.LastIndexOf('<');
        return name.EndsWith('>') && open > 0 ? name[..open] : name;
    }
}
