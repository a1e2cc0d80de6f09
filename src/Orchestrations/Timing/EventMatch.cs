using System.Collections.Immutable;
using System.Text.Json;

namespace Preempt;

/// <summary>
/// What must stand at the end of a path into an event's payload: a text, a number, a boolean or null. Numbers are compared by value
/// (<c>3</c> is <c>3.0</c>), text exactly.
/// </summary>
internal sealed class EventMatch(ImmutableArray<KeyPathStep> path, JsonElement value)
{
    /// <summary>Whether it stands there.</summary>
    public bool IsMet(JsonElement? payload)
    {
        if (payload is not { ValueKind: not JsonValueKind.Undefined } found) return false;
        try
        {
            foreach (KeyPathStep step in path)
            {
                if (step.Take(found, "", out found) is not null) return false;
            }

            return JsonElement.DeepEquals(found, value);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or InvalidOperationException and not ObjectDisposedException)
        {
            // JSON may hold half a surrogate pair ("\ud800") or a number beyond all bounds (1e99999999999), found only on reading them.
            return false;
        }
    }

    /// <summary>As it is written in the text form.</summary>
    public override string ToString()
    {
        string expected = value.ValueKind == JsonValueKind.String ? TextCursor.Quote(value.GetString()!) : value.GetRawText();
        return $"{string.Concat(path).TrimStart('.')} = {expected}";
    }
}
