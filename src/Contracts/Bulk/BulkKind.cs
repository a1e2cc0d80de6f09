using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What a bulk operation does with each run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BulkKind>))]
public enum BulkKind
{
    /// <summary>Read by an older client from a newer app: a kind that the client does not know.</summary>
    Unknown = -1,

    /// <summary>Asks it to stop.</summary>
    [JsonStringEnumMemberName("bulk-cancel")]
    Cancel,

    /// <summary>Starts a run with its input.</summary>
    [JsonStringEnumMemberName("bulk-replay")]
    Replay,

    /// <summary>Tells it of an event that was published, and that it ends on.</summary>
    [JsonStringEnumMemberName("publish-event")]
    Publish,
}
