using System.Text;
using Azure.Storage.Queues.Models;
using Preempt.Embedded.Hosting.Queues;

namespace Preempt.Embedded.Tests.Hosting;

public class QueueContentTests
{
    private const string Json = """{"name":"ada"}""";
    private const string JsonInBase64 = "eyJuYW1lIjoiYWRhIn0=";

    [Theory]
    [InlineData("Base64", JsonInBase64, Json)]
    [InlineData("Base64", Json, Json)]
    [InlineData("Base64", "plain words", "plain words")]
    [InlineData("Base64", "aGVsbG8=", "hello")]
    [InlineData("Base64", "some word", "some word")]
    [InlineData("Base64", "test", "test")]
    [InlineData("None", Json, Json)]
    [InlineData("None", JsonInBase64, Json)]
    [InlineData("None", "aGVsbG8=", "aGVsbG8=")]
    [InlineData("None", "", "")]
    public void A_message_of_either_encoding_is_read(string encoding, string raw, string expected) =>
        Assert.Equal(expected, Read(encoding, raw).Text);

    [Fact]
    public void Bytes_that_are_no_text_are_kept()
    {
        byte[] bytes = [0xff, 0xfe, 0x00];

        QueueContent content = Read("Base64", Convert.ToBase64String(bytes));

        Assert.Equal(bytes, content.Bytes);
        Assert.Equal(bytes, content.Message.Body.ToArray());
    }

    [Fact]
    public void The_message_has_the_decoded_body_and_all_else()
    {
        QueueContent content = Read("Base64", JsonInBase64);

        Assert.Equal(Json, content.Message.Body.ToString());
        Assert.Equal(("id", "receipt", 3), (content.Message.MessageId, content.Message.PopReceipt, content.Message.DequeueCount));
    }

    private static QueueContent Read(string encoding, string raw) => QueueContent.Read(
        QueuesModelFactory.QueueMessage("id", "receipt", BinaryData.FromBytes(Encoding.UTF8.GetBytes(raw)), 3),
        Enum.Parse<QueueEncoding>(encoding));
}
