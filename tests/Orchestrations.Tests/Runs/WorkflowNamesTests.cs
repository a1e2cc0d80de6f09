using CsCheck;

namespace Preempt.Tests.Runs;

public class WorkflowNamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("chat-reply_2.v1")]
    [InlineData("a234567890123456789012345678901234567890")]
    public void A_letter_and_then_letters_digits_and_three_signs_are_a_name(string name) => Assert.Null(WorkflowNames.Validate(name));

    [Theory]
    [InlineData("", "workflow name \"\": it has 0 characters; a workflow name has 1 to 40 characters")]
    [InlineData("a2345678901234567890123456789012345678901", "workflow name \"a2345678901234567890123456789012345678901\": it has 41")]
    [InlineData("Chat", "workflow name \"Chat\", character 1: not allowed there")]
    [InlineData("chat:reply", "workflow name \"chat:reply\", character 5: not allowed there")]
    [InlineData("größe", "workflow name \"größe\", character 3: not allowed there")]
    [InlineData("3chat", "workflow name \"3chat\": it does not begin with a letter")]
    [InlineData("-chat", "workflow name \"-chat\": it does not begin with a letter")]
    public void Anything_else_is_refused_in_words(string name, string expected) =>
        Assert.StartsWith(expected, WorkflowNames.Validate(name), StringComparison.Ordinal);

    [Theory]
    [InlineData("ChatReply", "chat-reply")]
    [InlineData("LabCancelInProgress3", "lab-cancel-in-progress-3")]
    [InlineData("HTTPPing", "http-ping")]
    [InlineData("PingHTTP", "ping-http")]
    [InlineData("HTTP2Ping", "http-2-ping")]
    [InlineData("Step10Of12", "step-10-of-12")]
    [InlineData("Chat_Reply", "chat_reply")]
    [InlineData("chat", "chat")]
    [InlineData("A", "a")]
    [InlineData("Fan`1", "fan")]
    [InlineData("FanOut`12", "fan-out")]
    [InlineData("", "")]
    public void A_type_names_its_workflow(string typeName, string expected) => Assert.Equal(expected, WorkflowNames.FromType(typeName));

    [Fact]
    public void An_ascii_type_name_of_twenty_characters_names_a_valid_workflow() =>
        Gen.Select(Gen.Char["ABCXYZabcxyz"], Gen.String[Gen.Char["ABCXYZabcxyz019_"], 0, 19]).Sample((first, rest) =>
            Assert.Null(WorkflowNames.Validate(WorkflowNames.FromType(first + rest))));
}
