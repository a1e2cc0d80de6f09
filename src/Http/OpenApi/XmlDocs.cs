using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Preempt.Http.OpenApi;

/// <summary>The summaries of the records that travel, from the file that the compiler writes of them.</summary>
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

    private static Dictionary<string, XElement> Load()
    {
        using Stream docs = typeof(XmlDocs).Assembly.GetManifestResourceStream("Preempt.Contracts.xml")!;
        return XDocument.Load(docs).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
