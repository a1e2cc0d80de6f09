using System.Text.Json;

namespace Preempt;

/// <summary>When an end condition is asked about, and the event, if any, that arrives just then.</summary>
/// <param name="Now">When.</param>
/// <param name="Event">The event's name.</param>
/// <param name="Payload">What the event says.</param>
/// <param name="Zones">The time zones as they were known once; null for as they are known here.</param>
internal readonly record struct Moment(DateTimeOffset Now, string? Event = null, JsonElement? Payload = null, FixedZones? Zones = null);

/// <summary>
/// Whether an end condition is met, and the instant, strictly later and UTC, until which that certainly stays so; null: for ever, as
/// far as time alone can tell.
/// </summary>
internal readonly record struct ConditionState(bool IsMet, DateTimeOffset? Until);
