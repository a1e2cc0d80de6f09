using System.Globalization;

namespace Preempt;

/// <summary>Which side of an instant a condition is met on.</summary>
internal enum DeadlineSide
{
    /// <summary>From the instant on.</summary>
    After,

    /// <summary>Until the instant, which is no longer part of it.</summary>
    Before,
}

/// <summary>One side of an instant, UTC. The instant is fixed: a later change of a zone's rules does not move it.</summary>
internal sealed record Deadline(DeadlineSide Side, DateTimeOffset Instant) : EndCondition
{
    internal override ConditionState At(Moment moment)
    {
        bool passed = moment.Now >= Instant;
        return new(passed == (Side == DeadlineSide.After), passed ? null : Instant);
    }

    private protected override string Write() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Side == DeadlineSide.After ? "after" : "before")} {Instant:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'}");
}
