using System.Text.Json;
using Preempt.Json;

namespace Preempt.Contracts.Tests;

public class JsonMistakeTests
{
    private static readonly JsonSerializerOptions Options = new(StrictJson.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    [Theory]
    [InlineData("{}", "It lacks \"name\", \"parts\".")]
    [InlineData("""{"name": "a"}""", "It lacks \"parts\".")]
    [InlineData("""{"name": 1, "parts": []}""", "name: text is expected.")]
    [InlineData("""{"name": null, "parts": []}""", "must not be null.")]
    [InlineData("""{"name": "a", "parts": {}}""", "parts: a list is expected.")]
    [InlineData("""{"name": "a", "parts": [], "color": "red"}""", "color: there is no such member; accepted are name, parts, byName, size, wait, kind.")]
    [InlineData("""{"name": "a", "parts": [{"weight": "heavy"}]}""", "parts[0].weight: a number is expected.")]
    [InlineData("""{"name": "a", "parts": [{"weigth": 1}]}""", "parts[0].weigth: there is no such member; accepted are weight.")]
    [InlineData("""{"name": "a", "parts": [], "byName": {"b": {"weight": true}}}""", "byName.b.weight: a number is expected.")]
    [InlineData("""{"]": 1, "name": "a", "parts": []}""", "[']']: there is no such member; accepted are name, parts, byName, size, wait, kind.")]
    [InlineData("""{"'": 1, "name": "a", "parts": []}""", "[''']: there is no such member; accepted are name,")]
    [InlineData("""{"a\nb": 1, "name": "a", "parts": []}""", ": there is no such member; accepted are name,")]
    [InlineData("""{"": 1, "name": "a", "parts": []}""", "\"\": there is no such member; accepted are name,")]
    [InlineData("""{"name": "a", "parts": [{"a.b": 1}]}""", "parts[0]['a.b']: there is no such member; accepted are weight.")]
    [InlineData("""{"name": "a", "parts": [], "byName": {"a'].['b\n": {"weight": true}}}""", "is expected.")]
    [InlineData("""{"name": "a", "parts": [], "byName": {"b c": {"weight": true}}}""", "byName['b c'].weight: a number is expected.")]
    [InlineData("""{"name": "a", "parts": [], "size": 1.5}""", "size: a whole number is expected.")]
    [InlineData("""{"name": "a", "parts": [], "kind": "Large"}""", "kind: one of \"Small\", \"Big\" is expected.")]
    [InlineData("""{"name": "a", "parts": [], "wait": "42"}""", "wait: duration \"42\": a number needs a unit")]
    [InlineData("[]", "It: a JSON object is expected.")]
    [InlineData("{", "It cannot be read: ")]
    public void A_mistake_is_told_with_its_place_and_what_is_expected(string json, string expected)
    {
        JsonException exception = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Thing>(json, Options));
        string told = JsonMistake.Describe(exception, typeof(Thing), Options, "It");
        Assert.Contains(expected, told, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Preempt.", told, StringComparison.Ordinal);
        Assert.DoesNotContain(".NET", told, StringComparison.Ordinal);
    }

    private enum Kind
    {
        Small,
        Big,
    }

    private sealed record Part(double Weight);

    private sealed record Thing(
        string Name,
        IReadOnlyList<Part> Parts,
        IReadOnlyDictionary<string, Part>? ByName = null,
        int? Size = null,
        Duration? Wait = null,
        Kind? Kind = null);
}
