using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>What becomes of data on its way through the engine.</summary>
public abstract class DataTests(bool replays) : EngineFacts(replays)
{
    private string Input(object? input)
    {
        App.Scripts.Main = static _ => Task.FromResult<object?>(null);
        return App.Get(App.Start(input)).SerializedInput!;
    }

    [Fact]
    public void Names_are_pascal_case_enums_numbers_and_time_spans_text() =>
        Assert.Equal(
            """{"SomeName":"n","Kind":1,"Time":"1.02:03:04"}""",
            Input(new Written("n", Kind.Second, new TimeSpan(1, 2, 3, 4))));

    [Fact]
    public void Records_offsets_guids_and_nested_polymorphic_members_round_trip()
    {
        Parcel parcel = new(Guid.NewGuid(), new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)), new Circle(2.5), [new Square(3)]);
        App.Scripts.Main = static context => Task.FromResult<object?>(context.GetInput<Parcel>());

        Parcel back = App.Output<Parcel>(App.Start(parcel))!;

        Assert.Equal(parcel.Shapes, back.Shapes);
        Assert.Equal(parcel, back with { Shapes = parcel.Shapes });
    }

    [Fact]
    public void A_polymorphic_value_at_the_top_loses_its_discriminator_and_a_wrapped_one_does_not()
    {
        Assert.Equal("""{"Radius":1}""", Input(new Circle(1)));
        Assert.Equal("""{"Shape":{"$type":"circle","Radius":1}}""", Input(new Wrapped(new Circle(1))));
    }

    [Fact]
    public void Value_tuples_are_lost() => Assert.Equal("{}", Input((1, "two")));

    [Fact]
    public void Null_and_nothing_are_the_same()
    {
        OrchestrationMetadata ended = App.Run(async context =>
        {
            App.Scripts.Work = static (_, _, _) => Task.FromResult<object?>(null);
            string? text = await context.CallActivityAsync<string?>("Work", "x");
            int number = await context.CallActivityAsync<int>("Work", "x");
            return $"{context.GetInput<string>() ?? "null"} {text ?? "null"} {number}";
        });

        Assert.Equal("null null 0", ended.ReadOutputAs<string>());
        Assert.Null(ended.SerializedInput);
    }

    [Fact]
    public void Inputs_outputs_and_events_of_several_megabytes_pass()
    {
        string large = new('x', 5_000_000);
        App.Scripts.Main = async context =>
        {
            string input = context.GetInput<string>()!;
            string worked = await context.CallActivityAsync<string>("Work", input);
            return worked + await context.WaitForExternalEvent<string>("more");
        };
        string id = App.Start(large, options: null);
        App.Raise(id, "more", large);

        Assert.Equal(10_000_000, App.Output<string>(id)!.Length);
    }

    [Fact]
    public void Data_is_read_only_when_it_was_asked_for()
    {
        string id = App.Run(static _ => Task.FromResult<object?>("out")).InstanceId;

        OrchestrationMetadata bare = App.Ask(client => client.GetInstanceAsync(id, getInputsAndOutputs: false))!;

        Assert.Null(bare.SerializedOutput);
        Assert.Equal("\"out\"", App.Get(id).SerializedOutput);
    }

    public enum Kind
    {
        First,
        Second,
    }

    public sealed record Written(string SomeName, Kind Kind, TimeSpan Time);

    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    public sealed record Circle(double Radius) : Shape;

    public sealed record Square(double Side) : Shape;

    public sealed record Wrapped(Shape Shape);

    public sealed record Parcel(Guid Id, DateTimeOffset At, Shape Main, IReadOnlyList<Shape> Shapes);
}

public sealed class ReplayedDataTests() : DataTests(replays: true);

public sealed class StickyDataTests() : DataTests(replays: false);
