using System.Text.Json;

namespace Preempt;

/// <summary>When an end condition is asked about, and the event, if any, that arrives just then.</summary>
internal readonly record struct Moment(DateTimeOffset Now, string? Event = null, JsonElement? Payload = null);

/// <summary>
/// Whether an end condition is met, and the instant, strictly later and UTC, until which that certainly stays so; null: for ever, as
/// far as time alone can tell.
/// </summary>
internal readonly record struct Outlook(bool IsMet, DateTimeOffset? Until);
