using System.Globalization;

namespace Preempt.Queues;

/// <summary>
/// A message of the queue of commands. It is taken as bytes: the other ways to take one hand it over as text, and bytes that are not text
/// are lost on the way from the host to its worker.
/// </summary>
/// <param name="Id">Its id in its queue.</param>
/// <param name="InsertedOn">When it came into its queue, UTC; null when the host does not say.</param>
/// <param name="Body">What it is.</param>
internal sealed record CommandMessage(string Id, DateTimeOffset? InsertedOn, ReadOnlyMemory<byte> Body)
{
    /// <summary>Reads what the host says of a message.</summary>
    /// <param name="body">What the message is.</param>
    /// <param name="data">What the host knows beside it: <c>Id</c> and <c>InsertionTime</c>.</param>
    /// <exception cref="InvalidOperationException">The message has no id.</exception>
    public static CommandMessage Read(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, object?> data) => new(
        Find(data, "Id") ?? throw new InvalidOperationException("The host gave a message without its id."),
        DateTimeOffset.TryParse(
            Find(data, "InsertionTime")?.Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null,
        body);

    private static string? Find(IReadOnlyDictionary<string, object?> data, string name) =>
        data.TryGetValue(name, out object? value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
}
