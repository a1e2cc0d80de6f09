using System.Text;
using System.Text.Json;
using Preempt.Json;

namespace Preempt.Contracts.Tests;

public class StrictJsonTests
{
    [Theory]
    [InlineData("""{"key": "ada", "colour": "blue"}""", "colour")]
    [InlineData("""{"key": "ada", "key": "bob"}""", "key")]
    [InlineData("""{"timeout": "42"}""", "timeout: ")]
    [InlineData("""{"key": "\ud800"}""", "surrogate")]
    [InlineData("null", "null")]
    [InlineData(" ", "empty")]
    public void What_is_not_exactly_a_start_is_refused_with_the_reason(string json, string expected)
    {
        InvalidJsonException refused = Assert.Throws<InvalidJsonException>(() => StrictJson.Read<StartRequest>(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused()
    {
        byte[] json = [.. "{\"key\": \""u8, 0xFF, .. "\"}"u8];
        Assert.Contains("UTF-8", Assert.Throws<InvalidJsonException>(() => StrictJson.Read<StartRequest>(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancel_gives_its_message_as_the_reason()
    {
        CancelOptions options = StrictJson.Read<CancelOptions>("""{"reason": "never mind", "grace": "5s", "queuedOnly": true}"""u8);
        Assert.Equal(new CancelOptions("never mind", "5s", QueuedOnly: true), options);
        Assert.Contains("\"reason\":\"never mind\"", JsonSerializer.Serialize(options, StrictJson.Options), StringComparison.Ordinal);
    }

    [Fact]
    public void Members_of_a_filter_that_are_null_match_every_run()
    {
        RunFilter filter = StrictJson.Read<RunFilter>("""{"workflow": null, "status": null, "metadata": null}"""u8);
        Assert.Null(filter.Workflow);
        Assert.Empty(filter.Status);
        Assert.Empty(filter.Metadata);
    }
}
