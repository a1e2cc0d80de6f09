using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Preempt.Embedded.Hosting.Queues;

/// <summary>How messages are written into queues. Reading accepts the other way as well.</summary>
internal enum QueueEncoding
{
    Base64,
    None,
}

/// <summary>What <c>host.json</c> says of queues, under <c>extensions:queues</c>.</summary>
internal sealed record QueueSettings
{
    private const string Section = "extensions:queues";
    private const int LargestBatch = 32;

    /// <summary>Messages that are fetched at once.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The next batch is fetched when no more messages than this are being worked on.</summary>
    public int NewBatchThreshold { get; init; }

    /// <summary>How often a message is tried before it goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>How long an empty queue is left alone at most.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a message that failed waits until it is tried again.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.Zero;

    public QueueEncoding Encoding { get; init; } = QueueEncoding.Base64;

    /// <summary>How long a message is hidden while it is worked on; renewed at the half.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Reads the settings.</summary>
    /// <exception cref="InvalidOperationException">One cannot be read.</exception>
    public static QueueSettings Read(IConfiguration host)
    {
        IConfigurationSection section = host.GetSection(Section);
        QueueSettings defaults = new();
        int batchSize = Number(section, "batchSize", 1, LargestBatch) ?? defaults.BatchSize;
        return new QueueSettings
        {
            BatchSize = batchSize,
            NewBatchThreshold = Number(section, "newBatchThreshold", 0, int.MaxValue) ?? batchSize / 2 * Environment.ProcessorCount,
            MaxDequeueCount = Number(section, "maxDequeueCount", 1, int.MaxValue) ?? defaults.MaxDequeueCount,
            MaxPollingInterval = HostSettings.Time(host, $"{Section}:maxPollingInterval", PollingDelay.Shortest) ?? defaults.MaxPollingInterval,
            VisibilityTimeout = HostSettings.Time(host, $"{Section}:visibilityTimeout", TimeSpan.Zero) ?? defaults.VisibilityTimeout,
            Encoding = EncodingOf(section) ?? defaults.Encoding,
        };
    }

    private static int? Number(IConfigurationSection section, string name, int min, int max) => section[name] is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max ? number
        : throw Bad(name, text, max == int.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}");

    private static QueueEncoding? EncodingOf(IConfigurationSection section) => section["messageEncoding"] switch
    {
        null => null,
        { } text when text.Equals("base64", StringComparison.OrdinalIgnoreCase) => QueueEncoding.Base64,
        { } text when text.Equals("none", StringComparison.OrdinalIgnoreCase) => QueueEncoding.None,
        { } text => throw Bad("messageEncoding", text, "base64 or none"),
    };

    private static InvalidOperationException Bad(string name, string text, string expected) =>
        HostSettings.Bad($"{Section}:{name}", text, expected);
}
