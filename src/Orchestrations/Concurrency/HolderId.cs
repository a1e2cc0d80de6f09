using System.Globalization;

namespace Preempt;

/// <summary>
/// Who stands at a gate: a run, or one step of a run. As text a step's is <c>{run}#{step}</c>; a run id has no <c>#</c>.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="Step">The step's number within its run; null for the run itself.</param>
internal readonly record struct HolderId(string RunId, int? Step)
{
    private const char Separator = '#';

    public static HolderId Parse(string text)
    {
        int separator = text.IndexOf(Separator, StringComparison.Ordinal);
        return separator >= 0 && int.TryParse(text.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int step)
            ? new HolderId(text[..separator], step)
            : new HolderId(text, null);
    }

    public override string ToString() => Step is { } step ? string.Create(CultureInfo.InvariantCulture, $"{RunId}{Separator}{step}") : RunId;
}
