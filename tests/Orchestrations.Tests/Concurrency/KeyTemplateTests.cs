using System.Text.Json;
using CsCheck;

namespace Preempt.Tests.Concurrency;

public class KeyTemplateTests
{
    private const string Input = """
        {
          "userId": "u-1", "count": 1.50, "big": 12345678901234567890123, "yes": true, "no": false, "nothing": null, "empty": "",
          "user id": "spaced", "it's": "quoted", "order": { "customer": { "id": "c-7" } }, "items": [{ "sku": "a" }, { "sku": "b" }],
          "Region": "eu", "Tier": "one", "TIER": "two", "tier ": "three", "größe": "L"
        }
        """;

    private static readonly Dictionary<string, string> Metadata =
        new() { ["region"] = "west", ["a.b"] = "dotted", ["X"] = "1", ["x"] = "2" };

    [Theory]
    [InlineData("everyone", "everyone")]
    [InlineData("{input.userId}", "u-1")]
    [InlineData("{ input.userId }", "u-1")]
    [InlineData("{input.userId}:{metadata.region}", "u-1:west")]
    [InlineData("user {input.userId}!", "user u-1!")]
    [InlineData("{{{input.userId}}}", "{u-1}")]
    [InlineData("{{input.userId}}", "{input.userId}")]
    [InlineData("{input.order.customer.id}", "c-7")]
    [InlineData("{input.items[0].sku}{input.items[1].sku}", "ab")]
    [InlineData("{input['user id']}", "spaced")]
    [InlineData("{input['it''s']}", "quoted")]
    [InlineData("{input['order']['customer'].id}", "c-7")]
    [InlineData("{input.größe}", "L")]
    [InlineData("{metadata['a.b']}", "dotted")]
    [InlineData("{input.empty}", "")]
    public void Placeholders_stand_for_parts_of_the_input_and_the_metadata(string template, string expected) =>
        Assert.Equal(expected, Resolve(template));

    [Theory]
    [InlineData("{input.count}", "1.5")]
    [InlineData("{input.big}", "12345678901234567890123")]
    [InlineData("{input.yes}/{input.no}", "true/false")]
    public void Numbers_and_booleans_are_written_as_in_json(string template, string expected) => Assert.Equal(expected, Resolve(template));

    [Theory]
    [InlineData("\"text\"", "text")]
    [InlineData("7", "7")]
    [InlineData("true", "true")]
    public void A_scalar_input_is_a_key_itself(string input, string expected) => Assert.Equal(expected, Resolve("{input}", input));

    [Theory]
    [InlineData("{input.missing ?? 'eu'}", "eu")]
    [InlineData("{input.nothing??'eu'}", "eu")]
    [InlineData("{input.nothing.deeper ?? 'eu'}", "eu")]
    [InlineData("{input.userId.deeper ?? 'eu'}", "eu")]
    [InlineData("{input.items[2].sku ?? 'eu'}", "eu")]
    [InlineData("{metadata.missing ?? 'eu'}", "eu")]
    [InlineData("{input.missing ?? ''}", "")]
    [InlineData("{input.missing ?? '}''{'}", "}'{")]
    [InlineData("{input.empty ?? 'eu'}", "")]
    [InlineData("{input.userId ?? 'eu'}", "u-1")]
    public void A_default_stands_in_for_a_missing_value_only(string template, string expected) => Assert.Equal(expected, Resolve(template));

    [Theory]
    [InlineData("{input.USERID}", "u-1")]
    [InlineData("{input.region}", "eu")]
    [InlineData("{input.Tier}", "one")]
    [InlineData("{input.TIER}", "two")]
    [InlineData("{metadata.REGION}", "west")]
    [InlineData("{metadata.x}", "2")]
    public void A_name_matches_exactly_or_else_without_case(string template, string expected) => Assert.Equal(expected, Resolve(template));

    [Theory]
    [InlineData("{input.session}", "the input has no property \"session\"")]
    [InlineData("{input.order.customer.name}", "input.order.customer has no property \"name\"")]
    [InlineData("{input.items[1].size}", "input.items[1] has no property \"size\"")]
    [InlineData("{input.items[2].sku}", "input.items has no item 2; its length is 2")]
    [InlineData("{input['user id'].name}", "input['user id'] is text and has no property \"name\"")]
    [InlineData("{input['it''s'][0]}", "input['it''s'] is text and has no item 0")]
    [InlineData("{input[0]}", "the input is an object and has no item 0")]
    [InlineData("{input.nothing}", "input.nothing is null")]
    [InlineData("{input.nothing.more}", "input.nothing is null and has no property \"more\"")]
    [InlineData("{input}", "the input is an object; a key is made of text, numbers and booleans")]
    [InlineData("{input.items ?? 'eu'}", "input.items is an array; a key is made of text, numbers and booleans")]
    [InlineData("{input.tier ?? 'eu'}", "the input has no property \"tier\", but several that differ from it in case: \"Tier\", \"TIER\"")]
    [InlineData("{metadata.session}", "the metadata has no \"session\"")]
    public void What_cannot_be_resolved_is_named(string template, string problem) =>
        Assert.Equal($"key \"{template}\": {problem}", Failure(template));

    [Theory]
    [InlineData("{input.userId}")]
    [InlineData("{input.userid}")]
    public void The_last_of_a_repeated_property_counts(string template) =>
        Assert.Equal("2", Resolve(template, """{"userId":1,"userId":2}"""));

    [Fact]
    public void A_run_without_input_has_no_input_to_take_a_key_from()
    {
        const string Expected = "key \"{input.userId}\": there is no input";
        KeyTemplate template = KeyTemplate.Parse("{input.userId}");
        Assert.Equal(Expected, Assert.Throws<KeyTemplateException>(() => template.Resolve(null, Metadata)).Message);
        Assert.Equal(Expected, Assert.Throws<KeyTemplateException>(() => template.Resolve(default(JsonElement), Metadata)).Message);
        Assert.Equal("key \"{input}\": the input is null", Failure("{input}", "null"));
    }

    [Theory]
    [InlineData("{input.a}", """{"a":"\ud800"}""", "input.a holds text that is not valid Unicode")]
    [InlineData("{input.a.b}", """{"a":{"\ud800":1}}""", "input.a holds text that is not valid Unicode")]
    public void Text_that_is_not_unicode_is_refused(string template, string input, string problem) =>
        Assert.Equal($"key \"{template}\": {problem}", Failure(template, input));

    [Fact]
    public void A_key_may_have_512_characters_and_no_more()
    {
        string longest = new('x', KeyTemplate.MaxKeyLength);
        Assert.Equal(longest, Resolve("{input}", $"\"{longest}\""));
        Assert.Equal("key \"{input}y\": the key has 513 characters, and the limit is 512", Failure("{input}y", $"\"{longest}\""));
    }

    [Theory]
    [InlineData("", 1, "a key template is not empty")]
    [InlineData("a}b", 2, "a \"}\" without a \"{\" before it; as text, it is written \"}}\"")]
    [InlineData("a{input.b", 2, "the \"{\" is never closed; as text, it is written \"{{\"")]
    [InlineData("{}", 2, "a placeholder begins with \"input\" or \"metadata\"")]
    [InlineData("{userId}", 2, "a placeholder begins with \"input\" or \"metadata\"")]
    [InlineData("{Input.userId}", 2, "a placeholder begins with \"input\" or \"metadata\"")]
    [InlineData("{input.}", 8, "after the dot comes a name")]
    [InlineData("{input.user id}", 13, "\"}\" is missing; a placeholder is a path and perhaps a default")]
    [InlineData("{input[-1]}", 8, "in brackets stands an item's number or a name in single quotes")]
    [InlineData("{input[99999999999]}", 8, "in brackets stands an item's number")]
    [InlineData("{input[0}", 9, "\"]\" is missing; the number of an item ends with")]
    [InlineData("{input['a'}", 11, "\"]\" is missing; a quoted name ends with")]
    [InlineData("{input['a}", 8, "the quote is never closed")]
    [InlineData("{input.a ?? eu}", 13, "\"'\" is missing; a default stands in single quotes")]
    [InlineData("{input.a ? 'eu'}", 10, "\"}\" is missing; a placeholder is a path and perhaps a default")]
    [InlineData("{metadata}", 10, "after \"metadata\" comes one name")]
    [InlineData("{metadata.a.b}", 12, "after \"metadata\" comes one name")]
    [InlineData("{metadata[0]}", 10, "after \"metadata\" comes one name")]
    public void What_is_not_a_template_is_refused_with_its_place(string text, int character, string problem)
    {
        FormatException error = Assert.Throws<FormatException>(() => KeyTemplate.Parse(text));
        Assert.StartsWith($"key \"{text}\", character {character}: {problem}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_is_valid_unicode()
    {
        Assert.Equal("😀", Resolve("😀"));
        FormatException error = Assert.Throws<FormatException>(() => KeyTemplate.Parse("😀\ude00"));
        Assert.EndsWith("character 3: half of a surrogate pair is not text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_with_its_braces_doubled_stands_for_itself() =>
        Gen.String[Gen.Char["{}'ab. ?["], 1, 40].Sample(text =>
            Assert.Equal(text, Resolve(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal))));

    [Fact]
    public void Any_quoted_name_finds_its_property() =>
        Gen.String[Gen.Char["{}'\"\\ab. ?[é\n"], 0, 20].Sample(name =>
        {
            string input = JsonSerializer.Serialize(new Dictionary<string, string> { [name] = "found" });
            Assert.Equal("found", Resolve($"{{input['{name.Replace("'", "''", StringComparison.Ordinal)}']}}", input));
        });

    [Fact]
    public void Any_text_at_all_is_a_template_or_a_format_error()
    {
        JsonElement input = JsonElement.Parse(Input);
        Gen<string> alike = Gen.OneOf(
            "{", "}", "{input", "{metadata", ".", "userId", "[", "]", "['", "']", "0", "'", "??", " ", "items", "\ud800", "\0")
            .Array[0, 10].Select(string.Concat);

        Gen.OneOf(Gen.String, alike).Sample(
            text =>
            {
                try
                {
                    KeyTemplate.Parse(text).Resolve(input, Metadata);
                }
                catch (Exception error) when (error is FormatException or KeyTemplateException)
                {
                    Assert.StartsWith("key \"", error.Message, StringComparison.Ordinal);
                }
            },
            iter: 20_000);
    }

    [Fact]
    public void A_template_shows_its_text() => Assert.Equal("{input.userId}", KeyTemplate.Parse("{input.userId}").ToString());

    private static string Resolve(string template, string input = Input) =>
        KeyTemplate.Parse(template).Resolve(JsonElement.Parse(input), Metadata);

    private static string Failure(string template, string input = Input) =>
        Assert.Throws<KeyTemplateException>(() => Resolve(template, input)).Message;
}
