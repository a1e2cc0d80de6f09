using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues.Models;

namespace Preempt.Embedded.Hosting.Queues;

/// <summary>A message as its function sees it: decoded, if it was encoded.</summary>
internal sealed class QueueContent
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private QueueContent(QueueMessage message, byte[] bytes, string text)
    {
        Message = QueuesModelFactory.QueueMessage(
            message.MessageId,
            message.PopReceipt,
            BinaryData.FromBytes(bytes),
            message.DequeueCount,
            message.NextVisibleOn,
            message.InsertedOn,
            message.ExpiresOn);
        Bytes = bytes;
        Text = text;
    }

    public QueueMessage Message { get; }

    public byte[] Bytes { get; }

    public string Text { get; }

    /// <summary>Decodes a message. One that is not encoded as the settings say is taken as it is.</summary>
    public static QueueContent Read(QueueMessage message, QueueEncoding encoding)
    {
        string raw = message.Body.ToString();
        byte[]? decoded = Decode(raw);
        string? decodedText = decoded is null ? null : TextOf(decoded);
        bool isEncoded = encoding == QueueEncoding.Base64 ? decoded is not null : decodedText is not null && IsJson(decodedText);
        return isEncoded
            ? new(message, decoded!, decodedText ?? raw)
            : new(message, message.Body.ToArray(), raw);
    }

    private static byte[]? Decode(string text) =>
        Base64.IsValid(text) && !text.Any(char.IsWhiteSpace) ? Convert.FromBase64String(text) : null;

    /// <summary>The text that bytes stand for; null if they stand for none.</summary>
    private static string? TextOf(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether a text is an object or an array: nothing else tells JSON in base64 from a plain word.</summary>
    private static bool IsJson(string text)
    {
        if (text.TrimStart() is not ['{' or '[', ..]) return false;
        try
        {
            JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
