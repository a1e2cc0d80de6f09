using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Preempt.Infra.Tests;

/// <summary>What is asked of the telemetry is what the app sends: no query is about a name that nobody says any more.</summary>
public partial class QueryTests
{
    private static readonly string Root = AppContext.BaseDirectory;

    public static TheoryData<string> Queries =>
        [.. Directory.GetFiles(Path.Combine(Root, "queries"), "*.kql", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Path.Combine(Root, "queries"), file))];

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_asks_only_for_what_the_app_sends(string file)
    {
        string query = ReadQuery(file);
        Assert.StartsWith("// ", query, StringComparison.Ordinal);
        Assert.Matches(@"\bApp(Metrics|Requests|Traces|Dependencies)\b", query);
        HashSet<string> known = [.. Instruments(), .. TagNames()];
        foreach (Match name in Names().Matches(query))
            Assert.True(known.Contains(name.Groups["name"].Value), $"{file} asks for {name.Value}, which nobody sends.");
    }

    [Fact]
    public void The_workbook_asks_what_the_query_files_ask()
    {
        JsonArray items = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "workbook", "preempt.workbook.json")))!["items"]!.AsArray();
        JsonNode[] questions = [.. items.Where(item => item!["type"]!.GetValue<int>() == 3)!];
        Assert.True(questions.Length >= 6);
        foreach (JsonNode item in questions)
        {
            string expected = string.Join('\n', ReadQuery($"{item["name"]!.GetValue<string>()}.kql").Split('\n')
                .Where(line => !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("| render", StringComparison.Ordinal)));
            Assert.Equal(expected.Trim(), item["content"]!["query"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Every_alert_leads_to_a_part_of_the_runbook_that_is_there()
    {
        string runbook = File.ReadAllText(Path.Combine(Root, "docs", "operations.md"));
        foreach (Resource alert in Deployment.Of("prod").All("Microsoft.Insights/scheduledQueryRules"))
        {
            string heading = Heading().Match(alert.Text("description")!).Groups["heading"].Value;
            Assert.Contains($"\n### {heading}\n", runbook, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_instrument_and_tag_is_described()
    {
        string runbook = File.ReadAllText(Path.Combine(Root, "docs", "operations.md"));
        foreach (string name in Instruments().Concat(TagNames()))
            Assert.Contains($"`{name}`", runbook, StringComparison.Ordinal);
    }

    private static string ReadQuery(string file) => File.ReadAllText(Path.Combine(Root, "queries", file));

    private static List<string> Instruments()
    {
        List<string> names = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == PreemptTelemetry.Name)
                    names.Add(instrument.Name);
            },
        };
        listener.Start();
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(PreemptTelemetry).TypeHandle);
        Assert.NotEmpty(names);
        return names;
    }

    private static IEnumerable<string> TagNames() => typeof(PreemptTelemetry).Assembly.GetType("Preempt.Tags", throwOnError: true)!
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    [GeneratedRegex("\"(?<name>(preempt|error)\\.[a-z_.]+)\"")]
    private static partial Regex Names();

    [GeneratedRegex("docs/operations.md, \"(?<heading>[^\"]+)\"")]
    private static partial Regex Heading();
}
