using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Preempt.Conformance.App;

public enum Colour
{
    Red,
    Green,
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Circle), "circle")]
public abstract record Shape(string Name);

public sealed record Circle(string Name, double Radius) : Shape(Name);

/// <summary>Values that are often passed on.</summary>
public sealed record Sample(
    Colour Colour,
    TimeSpan Duration,
    DateTimeOffset At,
    Guid Id,
    Shape Shape,
    string? Nothing,
    IReadOnlyList<int> Numbers,
    (int First, string Second) Pair)
{
    public static Sample Of(string text) => new(
        Colour.Green,
        TimeSpan.FromSeconds(90),
        new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.FromHours(2)),
        Guid.Parse("11111111-2222-3333-4444-555555555555"),
        new Circle(text, 1.5),
        null,
        [1, 2],
        (1, "two"));
}

/// <summary>What becomes of values on their way.</summary>
public class Data
{
    [Function(nameof(PassSample))]
    public async Task<Sample> PassSample([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.CallSubOrchestratorAsync<Sample>(
            nameof(PassOn), await context.CallActivityAsync<Sample>(nameof(EchoSample), Sample.Of("ä\"<\u2028")));

    [Function(nameof(PassOn))]
    public Sample PassOn([OrchestrationTrigger] TaskOrchestrationContext context, Sample sample) => sample;

    [Function(nameof(EchoSample))]
    public Sample EchoSample([ActivityTrigger] Sample sample) => sample;

    [Function(nameof(PassShape))]
    public async Task<string> PassShape([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return $"{await context.CallActivityAsync<Shape>(nameof(MakeShape), "o")}";
        }
        catch (NotSupportedException)
        {
            return "not readable";
        }
    }

    [Function(nameof(MakeShape))]
    public Shape MakeShape([ActivityTrigger] string name) => new Circle(name, 2);

    [Function(nameof(PassPair))]
    public async Task<string> PassPair([OrchestrationTrigger] TaskOrchestrationContext context) =>
        $"{await context.CallActivityAsync<(int First, string Second)>(nameof(MakePair), "two")}";

    [Function(nameof(MakePair))]
    public (int First, string? Second) MakePair([ActivityTrigger] string second) => (1, second);

    [Function(nameof(PassNothing))]
    public async Task<string> PassNothing([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.CallActivityAsync<string?>(nameof(Activities.ReturnNothing)) is null
        && await context.CallSubOrchestratorAsync<string?>(nameof(Lifecycle.Return)) is null
            ? "nothing"
            : "something";

    [Function(nameof(ReadMissingNumber))]
    public int ReadMissingNumber([OrchestrationTrigger] TaskOrchestrationContext context) => context.GetInput<int>() + 1;

    [Function(nameof(SetObjectStatus))]
    public string SetObjectStatus([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(new { Colour = Colour.Green, At = TimeSpan.FromMinutes(1), Nothing = (string?)null });
        return "";
    }

    /// <summary>What an orchestrator is told of itself.</summary>
    [Function(nameof(Describe))]
    public async Task<Described> Describe([OrchestrationTrigger] TaskOrchestrationContext context, bool? isChild) => new(
        context.Name,
        context.InstanceId,
        context.Parent?.InstanceId,
        context.Parent?.Name.Name,
        isChild is true ? null : await context.CallSubOrchestratorAsync<Described>(nameof(Describe), true));
}

/// <summary>What an orchestrator knows of itself, and its child of itself.</summary>
public sealed record Described(string Name, string Id, string? ParentId, string? ParentName, Described? Child);
