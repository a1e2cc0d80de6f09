using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>The engine writes and reads JSON as the isolated worker does, held against the worker's own converter.</summary>
public sealed class WorkerJsonTests : IDisposable
{
    private readonly ServiceProvider _worker;
    private readonly DataConverter _theirs;

    public WorkerJsonTests()
    {
        ServiceCollection services = new();
        services.AddFunctionsWorkerDefaults().ConfigureDurableExtension();
        _worker = services.BuildServiceProvider();
        _theirs = _worker.GetRequiredService<IOptions<DurableTaskWorkerOptions>>().Value.DataConverter;
    }

    public static TheoryData<object> Values => new()
    {
        42,
        1.5,
        "text with \"quotes\", é, 😀 and <tags>",
        DayOfWeek.Friday,
        TimeSpan.FromMinutes(61),
        new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)),
        new Guid("11223344-5566-7788-99aa-bbccddeeff00"),
        new List<int> { 1, 2 },
        (1, "value tuple"),
        Tuple.Create(1, "tuple"),
        new Fields { Field = 1, Property = 2 },
        new Sample("a", null, DayOfWeek.Monday, [new Circle(3)], new Dictionary<string, int> { ["Key"] = 1 }),
        new Circle(4),
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_written_as_the_worker_writes_it(object value) =>
        Assert.Equal(_theirs.Serialize(value), WorkerJson.Default.Serialize(value));

    [Fact]
    public void Nothing_is_written_as_the_worker_writes_it() => Assert.Equal(_theirs.Serialize(null), WorkerJson.Default.Serialize(null));

    [Theory]
    [InlineData(typeof(Sample), """{"name":"a","DAY":1,"shapes":[{"kind":"circle","Radius":2}]}""")]
    [InlineData(typeof(Fields), """{"Field":1,"Property":2}""")]
    [InlineData(typeof(int?), "null")]
    [InlineData(typeof(string), null)]
    [InlineData(typeof(int), "\"1\"")]
    [InlineData(typeof(Sample), "[")]
    [InlineData(typeof(DayOfWeek), "\"Monday\"")]
    public void A_text_is_read_as_the_worker_reads_it(Type type, string? text) => Assert.Equal(Read(_theirs, type, text), Read(WorkerJson.Default, type, text));

    [Fact]
    public void The_serializer_that_an_app_has_chosen_is_used()
    {
        Azure.Core.Serialization.JsonObjectSerializer camelCase = new(new(System.Text.Json.JsonSerializerDefaults.Web));
        DataConverter ours = WorkerJson.Of(camelCase);
        Assert.Equal("""{"radius":5}""", ours.Serialize(new Circle(5)));
        Assert.Equal(new Circle(5), ours.Deserialize<Circle>("""{"radius":5}"""));
    }

    /// <summary>What is read, written again; or the type of the failure.</summary>
    private static string? Read(DataConverter converter, Type type, string? text)
    {
        try
        {
            return System.Text.Json.JsonSerializer.Serialize(converter.Deserialize(text, type));
        }
        catch (System.Text.Json.JsonException exception)
        {
            return exception.GetType().Name;
        }
    }

    public void Dispose() => _worker.Dispose();

    public sealed record Sample(string Name, string? Nothing, DayOfWeek Day, List<Shape> Shapes, Dictionary<string, int> Numbers);

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    public abstract record Shape;

    public sealed record Circle(int Radius) : Shape;

    public sealed class Fields
    {
#pragma warning disable CA1051 // That fields are left out is what is tested.
        public int Field;
#pragma warning restore CA1051

        public int Property { get; set; }
    }
}
