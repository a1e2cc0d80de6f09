using System.Globalization;

namespace Preempt;

/// <summary>
/// Who stands at a gate: a run, or one step of a run. As text it is <c>{run}@{life}#{step}</c>, without what is null; a run id has no
/// <c>@</c> and no <c>#</c>.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="Life">Which of the runs that had this id, by <see cref="LifeOf"/>; null where that is not known.</param>
/// <param name="Step">The step's number within its run; null for the run itself.</param>
internal readonly record struct HolderId(string RunId, string? Life, int? Step)
{
    private const char LifeSeparator = '@';
    private const char StepSeparator = '#';

    /// <summary>The same without its life: what people are shown.</summary>
    public string Shown => (this with { Life = null }).ToString();

    /// <summary>
    /// Tells runs apart that have the same id one after the other, because the first was deleted, or continued as new: 40 bits of the time at which a run was
    /// accepted, in 10 characters. That time is part of the run's input, or of its history where it is supervised, so a turn that happens again does not change it.
    /// </summary>
    /// <param name="queuedAt">When the run was accepted.</param>
    public static string LifeOf(DateTimeOffset queuedAt) =>
        (queuedAt.UtcTicks & 0xFF_FFFF_FFFF).ToString("x10", CultureInfo.InvariantCulture);

    public static HolderId Parse(string text)
    {
        int end = text.IndexOf(StepSeparator, StringComparison.Ordinal);
        int? step = end >= 0 && int.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
        string run = step is null ? text : text[..end];
        int life = run.IndexOf(LifeSeparator, StringComparison.Ordinal);
        return life < 0 ? new HolderId(run, null, step) : new HolderId(run[..life], run[(life + 1)..], step);
    }

    /// <summary>Whether this can be the run of that life; one that is not known may be any.</summary>
    public bool CanBe(string? life) => Life is null || life is null || Life == life;

    public override string ToString()
    {
        string run = Life is null ? RunId : $"{RunId}{LifeSeparator}{Life}";
        return Step is { } step ? string.Create(CultureInfo.InvariantCulture, $"{run}{StepSeparator}{step}") : run;
    }
}
