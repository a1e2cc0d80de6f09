using System.Text.Json.Serialization;

namespace Preempt;

/// <summary>What a bulk operation does with each run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BulkKind>))]
public enum BulkKind
{
    /// <summary>Read by an older client from a newer app: a kind that the client does not know.</summary>
    Unknown = -1,

    /// <summary>Asks the run to stop.</summary>
    [JsonStringEnumMemberName("bulk-cancel")]
    Cancel,

    /// <summary>Starts a new run with the run's input.</summary>
    [JsonStringEnumMemberName("bulk-replay")]
    Replay,

    /// <summary>Sends the run a published event that it ends on.</summary>
    [JsonStringEnumMemberName("publish-event")]
    Publish,
}
