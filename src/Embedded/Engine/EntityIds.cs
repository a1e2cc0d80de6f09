using Microsoft.DurableTask.Entities;

namespace Preempt.Embedded.Engine;

/// <summary>Ids of entities as text: <c>@name@key</c>.</summary>
internal static class EntityIds
{
    /// <summary>The id that a text is; null where it is none.</summary>
    public static EntityInstanceId? Find(string text) =>
        text is ['@', ..] && text.IndexOf('@', 1) > 1 ? EntityInstanceId.FromString(text) : null;
}
