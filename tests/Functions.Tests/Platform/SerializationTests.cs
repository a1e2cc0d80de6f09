using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt.Functions.Tests.Platform;

/// <summary>What crosses the engine comes back as it was: JSON as the worker writes it, in PascalCase and without further options.</summary>
public class SerializationTests
{
    private static readonly JsonSerializerOptions[] Writers =
    [
        new(),
        new() { IncludeFields = true },
        new() { PropertyNameCaseInsensitive = true },
    ];

    public static TheoryData<Type> TopLevel => [.. CrossingTypes.TopLevel];

    [Fact]
    public void The_types_of_every_kind_of_crossing_are_found()
    {
        Type[] expected = [typeof(RunRequest), typeof(RunOutcome), typeof(StepCall), typeof(StepOutcome), typeof(StopNotice), typeof(RunMessage),
            typeof(EnterRequest), typeof(GateReply), typeof(GateState), typeof(ForcedEnd), typeof(FindEndedRequest), typeof(AppState)];
        Assert.Equal([], expected.Except(CrossingTypes.TopLevel));
        Assert.Contains(typeof(StopRequest), CrossingTypes.All);
    }

    [Theory]
    [MemberData(nameof(TopLevel))]
    public void A_value_with_all_that_it_can_hold_comes_back(Type type)
    {
        object value = Samples.Of(type);
        foreach (JsonSerializerOptions options in Writers)
        {
            string written = JsonSerializer.Serialize(value, type, options);
            object? read = JsonSerializer.Deserialize(written, type, options);
            Assert.Equal(written, JsonSerializer.Serialize(read, type, options));
            foreach (PropertyInfo property in type.Namespace == "Preempt" && !Samples.HasOwnText(type) ? Samples.Properties(type) : [])
                Assert.True(property.GetValue(read) is not null, $"{type.Name}.{property.Name} was lost: {written}");
        }
    }

    [Fact]
    public void No_value_loses_its_kind_or_its_parts()
    {
        foreach (Type type in CrossingTypes.All)
        {
            Assert.False(typeof(ITuple).IsAssignableFrom(type) && type.IsValueType, $"{type} is a ValueTuple: its parts are fields, and are lost.");
            Assert.False(CrossingTypes.TopLevel.Contains(type) && type.IsDefined(typeof(JsonDerivedTypeAttribute)), $"{type} loses its kind at the top.");
            Assert.False(type.IsAbstract && !Samples.HasOwnText(type) && type.Namespace == "Preempt", $"{type} has no kind that is written.");
        }
    }

    [Fact]
    public void Every_enum_is_written_as_text()
    {
        Type[] enums = [.. CrossingTypes.All.Where(type => type.IsEnum)];
        Assert.NotEmpty(enums);
        foreach (Type type in enums)
            Assert.StartsWith("\"", JsonSerializer.Serialize(Enum.GetValues(type).GetValue(1), type), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_is_written_can_only_be_written()
    {
        foreach (Type type in CrossingTypes.All.Where(type => type is { Namespace: "Preempt", IsEnum: false } && !Samples.HasOwnText(type)))
        {
            string[] given = [.. type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.Name!)];
            foreach (PropertyInfo property in Samples.Properties(type))
            {
                bool isRead = property.SetMethod is { IsPublic: true } || given.Contains(property.Name, StringComparer.OrdinalIgnoreCase);
                Assert.True(isRead, $"{type.Name}.{property.Name} is written and never read.");
            }
        }
    }
}
