using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.DurableTask;
using Preempt.Embedded.Tests.Surface;

namespace Preempt.Embedded.Tests;

/// <summary>
/// What compiles against the embedded surface compiles against the real assemblies: everything that it puts in a
/// <c>Microsoft.*</c> namespace stands, word for word, in the lists of their public members.
/// </summary>
public partial class SurfaceTests
{
    private static readonly Lazy<HashSet<string>> Real = new(ReadLists);

    [Fact]
    public void Every_type_and_member_stands_in_the_lists_of_the_real_assemblies() =>
        Assert.Equal([], Unlisted(typeof(TaskOrchestrationContext).Assembly));

    [Fact]
    public void Every_enum_interface_and_attribute_is_whole()
    {
        Type[] types =
        [
            .. ModelTypes(typeof(TaskOrchestrationContext).Assembly)
                .Where(type => type.IsEnum || type.IsInterface || type.IsSubclassOf(typeof(Attribute))),
        ];
        HashSet<string> own = [.. types.SelectMany(ApiLines.Of)];
        string[] missing = [.. types.SelectMany(MembersInLists).Where(line => !own.Contains(line)).Order(StringComparer.Ordinal)];

        Assert.NotEmpty(types);
        Assert.Equal([], missing);
    }

    /// <summary>The lists do not have the values that properties begin with; these are from the documentation of each.</summary>
    [Fact]
    public void Properties_of_attributes_and_options_begin_with_the_values_of_the_real_ones() => Assert.Equal(
        [
            "ActivityTriggerAttribute: Activity = null",
            "CallEntityOptions:",
            "ContinueAsNewOptions: NewInput = null, NewVersion = null, PreserveUnprocessedEvents = true",
            "DurableClientAttribute: ConnectionName = null, TaskHub = null",
            "EntityQuery: ContinuationToken = null, IncludeState = true, IncludeTransient = false, InstanceIdStartsWith = null, "
                + "LastModifiedFrom = null, LastModifiedTo = null, PageSize = null",
            "EntityTriggerAttribute: EntityName = null",
            "FromBodyAttribute: ConverterType = a type",
            "FunctionAttribute: Name = \"text\"",
            "HttpTriggerAttribute: AuthLevel = AuthorizationLevel.Function, Methods = null, Route = null",
            "InputConverterAttribute: ConverterType = a type",
            "OrchestrationQuery: ContinuationToken = null, CreatedFrom = null, CreatedTo = null, FetchInputsAndOutputs = false, "
                + "InstanceIdPrefix = null, PageSize = 100, Statuses = null, TaskHubNames = null",
            "OrchestrationTriggerAttribute: Orchestration = null",
            "PurgeInstanceOptions: Recursive = false",
            "PurgeInstancesFilter: CreatedFrom = null, CreatedTo = null, Statuses = null, Timeout = null",
            "QueueTriggerAttribute: Connection = null, QueueName = \"text\"",
            "SignalEntityOptions: SignalTime = null",
            "StartOrchestrationOptions: DedupeStatuses = null, InstanceId = null, StartAt = null, Tags = empty, Version = null",
            "SubOrchestrationOptions: InstanceId = null, Retry = null, Tags = null, Version = null",
            "TaskOptions: Retry = null, Tags = null, Version = null",
            "TerminateInstanceOptions: Output = null, Recursive = false",
            "TimerTriggerAttribute: RunOnStartup = false, Schedule = \"text\", UseMonitor = true",
        ],
        ModelTypes(typeof(TaskOrchestrationContext).Assembly)
            .Where(type => !type.IsAbstract && OptionNames().IsMatch(type.Name))
            .Select(ApiDefaults.Of)
            .Order(StringComparer.Ordinal));

    [Fact]
    public void The_surface_is_not_empty() => Assert.True(ModelTypes(typeof(TaskOrchestrationContext).Assembly).Count() > 60);

    [Fact]
    public void What_the_lists_do_not_have_is_named()
    {
        string[] unlisted = Unlisted(typeof(SurfaceTests).Assembly);

        Assert.Contains("[Obsolete(\"fake\")] public record Microsoft.Fake.Invented : IEquatable<Invented>", unlisted);
        Assert.Contains(
            "  Microsoft.Fake.Invented :: public virtual Task<List<string?>?> SomethingAsync<T>(in T value, int? count = null, "
            + "string name = \"a\\\"b\", Hue hue = Hue.Green) where T : struct;",
            unlisted);
        Assert.Contains("  Microsoft.Fake.Invented :: protected const int Limit = 7;", unlisted);
        Assert.Contains("  Microsoft.Fake.Invented :: public required string Text { get; init; }", unlisted);
        Assert.Contains("  Microsoft.Fake.Hue :: Green = 4", unlisted);
        Assert.Contains(
            "public delegate bool Microsoft.Fake.Choose<in TKey, TValue>(TKey key, out TValue? value) where TKey : IComparable<TKey>;",
            unlisted);
        Assert.DoesNotContain(unlisted, line => line.Contains("Hidden", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Client.OrchestrationQuery", "public int PageSize { get; init; }", "int", "long")]
    [InlineData("Client.OrchestrationQuery", "public string? ContinuationToken { get; init; }", "string?", "string")]
    [InlineData("Client.OrchestrationQuery", "public const int DefaultPageSize = 100;", "100", "99")]
    [InlineData("Client.PurgeInstanceOptions", "public PurgeInstanceOptions(bool Recursive = false);", "false", "true")]
    [InlineData(
        "TaskOrchestrationContext",
        "public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);",
        " = null",
        "")]
    [InlineData(
        "TaskOrchestrationContext",
        "public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);",
        "true",
        "false")]
    public void A_line_that_differs_in_a_detail_is_not_listed(string type, string member, string detail, string changed)
    {
        string line = $"  Microsoft.DurableTask.{type} :: {member}";
        Assert.True(IsListed(line));
        Assert.False(IsListed(line.Replace(detail, changed, StringComparison.Ordinal)));
    }

    private static string[] Unlisted(Assembly assembly) =>
        [.. ModelTypes(assembly).SelectMany(ApiLines.Of).Where(line => !IsListed(line)).Order(StringComparer.Ordinal)];

    private static IEnumerable<Type> ModelTypes(Assembly assembly) => assembly.GetTypes()
        .Where(type => ApiLines.IsVisible(type) && type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == true);

    private static IEnumerable<string> MembersInLists(Type type) =>
        Real.Value.Where(line => line.StartsWith($"  {ApiNames.Full(type)} :: ", StringComparison.Ordinal));

    private static bool IsListed(string line) => Real.Value.Contains(line);

    private static HashSet<string> ReadLists()
    {
        HashSet<string> lines = [];
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "durable-api"), "*.txt"))
        {
            foreach (string line in File.ReadLines(file).Where(line => !line.StartsWith("//", StringComparison.Ordinal)))
            {
                lines.Add(line);
                lines.Add(WithoutConverters(line));
            }
        }

        return lines;
    }

    /// <summary>
    /// The trigger attributes carry notes from their extension to the real worker: which internal converter reads the value,
    /// and which host features the binding has. Code that uses the attributes cannot tell, so ours may go without these three.
    /// </summary>
    private static string WithoutConverters(string line) => ConverterNotes().Replace(line, "");

    [GeneratedRegex("(Attribute|(?<!Retry)Options|Query|Filter)$")]
    private static partial Regex OptionNames();

    [GeneratedRegex(
        @"(?<=^(\[AttributeUsage\([^\]]*\)\] )?)"
        + @"(\[(InputConverter\(typeof\(\w+\)\)|ConverterFallbackBehavior\([\w.]+\)|BindingCapabilities\(\[[^\]]*\]\))\] )+"
        + @"(?=public sealed class Microsoft\.Azure\.Functions\.Worker\.\w+Attribute : )")]
    private static partial Regex ConverterNotes();
}
