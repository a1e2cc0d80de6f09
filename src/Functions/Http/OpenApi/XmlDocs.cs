using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Preempt.Functions.Http.OpenApi;

/// <summary>The summaries of types and properties, from the files that the compiler writes beside the assemblies; none where they are not there.</summary>
internal static partial class XmlDocs
{
    private static readonly Lazy<Dictionary<string, XElement>> Members = new(Load);

    public static string? SummaryOf(MemberInfo member) => member switch
    {
        Type type => Find($"T:{type.FullName}")?.Element("summary"),
        PropertyInfo property => Find($"P:{property.DeclaringType!.FullName}.{property.Name}")?.Element("summary") ?? Parameter(property),
        _ => null,
    } is { } found ? Text(found) : null;

    private static XElement? Find(string name) => Members.Value.GetValueOrDefault(name.Replace('+', '.'));

    /// <summary>What is said of a positional property of a record.</summary>
    private static XElement? Parameter(PropertyInfo property) => Find($"T:{property.DeclaringType!.FullName}")?
        .Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == property.Name);

    private static string Text(XElement element) => Space().Replace(string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => see.Attribute("cref")?.Value.Split('.')[^1] ?? "",
        XElement other => other.Value,
        _ => "",
    })), " ").Trim();

    private static Dictionary<string, XElement> Load() => new[] { typeof(Run).Assembly, typeof(XmlDocs).Assembly }
        .Select(assembly => Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml"))
        .Where(File.Exists)
        .SelectMany(file => XDocument.Load(file).Descendants("member"))
        // What the compiler makes for itself has the same names in each of them.
        .DistinctBy(member => member.Attribute("name")!.Value)
        .ToDictionary(member => member.Attribute("name")!.Value);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
