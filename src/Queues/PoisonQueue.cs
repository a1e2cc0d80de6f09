using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt.Queues;

/// <summary>Where commands go that nobody can carry out: with the cause, and with all that they were.</summary>
internal static class PoisonQueue
{
    /// <summary>The queue's name: the one to which the host itself moves messages that failed too often.</summary>
    public const string Name = CommandFunctions.Queue + "-poison";

    /// <summary>A message has 64 KiB, and in base64 three quarters of that.</summary>
    private const int MaxLength = 48 * 1024;

    /// <summary>A cause can quote the command.</summary>
    private const int MaxCauseLength = 1000;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Adds a command. One that leaves no room for its cause is added as it was, and the cause as a message of its own.</summary>
    public static async Task AddAsync(AppQueues queues, CommandMessage command, string cause, CancellationToken cancellationToken)
    {
        PoisonMessage message = new(Shorten(cause), command.Id, command.InsertedOn)
        {
            Content = TextOf(command.Body),
            ContentBase64 = TextOf(command.Body) is null ? Convert.ToBase64String(command.Body.Span) : null,
        };
        BinaryData whole = Write(message);
        if (whole.ToMemory().Length <= MaxLength)
        {
            await queues.AddAsync(Name, whole, cancellationToken);
            return;
        }

        await queues.AddAsync(Name, BinaryData.FromBytes(command.Body), cancellationToken);
        await queues.AddAsync(Name, Write(message with { Content = null, ContentBase64 = null }), cancellationToken);
    }

    private static string Shorten(string cause)
    {
        if (cause.Length <= MaxCauseLength)
            return cause;
        return cause[..(char.IsHighSurrogate(cause[MaxCauseLength - 1]) ? MaxCauseLength - 1 : MaxCauseLength)];
    }

    private static BinaryData Write(PoisonMessage message) => BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(message, Options));

    private static string? TextOf(ReadOnlyMemory<byte> content)
    {
        try
        {
            return StrictUtf8.GetString(content.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <param name="Cause">What was wrong.</param>
    /// <param name="MessageId">The command's id in its queue.</param>
    /// <param name="InsertedOn">When it came into its queue, UTC.</param>
    private sealed record PoisonMessage(string Cause, string MessageId, DateTimeOffset? InsertedOn)
    {
        /// <summary>The command, where it is text.</summary>
        public string? Content { get; init; }

        /// <summary>The command, where it is not.</summary>
        public string? ContentBase64 { get; init; }
    }
}
