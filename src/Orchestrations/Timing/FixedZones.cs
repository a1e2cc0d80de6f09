using System.Collections.Immutable;

namespace Preempt;

/// <summary>
/// What was known of time zones when a run was accepted. The run goes by it to its end, so that neither a newer package of time-zone data nor
/// another machine decides otherwise when the run is replayed.
/// </summary>
/// <param name="Zones">The zones, by their IANA names.</param>
internal sealed record FixedZones(ImmutableDictionary<string, ZoneOffsets> Zones)
{
    /// <summary>How far ahead zones are fixed; after that their last offset stays.</summary>
    private const int Years = 20;

    /// <summary>The zones of a condition, from two days before; null where it names none.</summary>
    public static FixedZones? Of(EndCondition? condition, DateTimeOffset from)
    {
        ImmutableDictionary<string, ZoneOffsets> zones = (condition?.Clocks ?? [])
            .Where(clock => clock != ZoneClock.Utc)
            .Distinct()
            .ToImmutableDictionary(clock => clock.Id, clock => clock.Describe(from.AddDays(-2), from.AddYears(Years)));
        return zones.IsEmpty ? null : new FixedZones(zones);
    }

    /// <summary>What was known of a zone; null when it was not asked for.</summary>
    public ZoneOffsets? Find(string id) => Zones.GetValueOrDefault(id);
}

/// <summary>The offsets of one zone from UTC.</summary>
/// <param name="First">The offset before the first change, in seconds.</param>
/// <param name="Changes">Its changes, in the order of time.</param>
internal sealed record ZoneOffsets(int First, ImmutableArray<ZoneChange> Changes)
{
    /// <summary>The offset at an instant, both in ticks.</summary>
    public long OffsetAt(long utcTicks)
    {
        int offset = First;
        foreach (ZoneChange change in Changes)
        {
            if (utcTicks - DateTime.UnixEpoch.Ticks < change.At * TimeSpan.TicksPerSecond)
                break;
            offset = change.Offset;
        }

        return offset * TimeSpan.TicksPerSecond;
    }
}

/// <summary>A change of a zone's offset.</summary>
/// <param name="At">When, in seconds since 1970.</param>
/// <param name="Offset">The offset from then on, in seconds.</param>
internal readonly record struct ZoneChange(long At, int Offset);
