namespace Preempt.Embedded.Engine;

/// <summary>What an instance id may be.</summary>
internal static class InstanceIds
{
    private const int MaxLength = 100;

    public static void Check(string instanceId)
    {
        if (instanceId.Length is 0 or > MaxLength)
            throw new ArgumentException($"An instance id has 1 to {MaxLength} characters; this one has {instanceId.Length}.", nameof(instanceId));
        if (instanceId[0] == '@')
            throw new ArgumentException($"The instance id '{instanceId}' begins with '@', which is kept for entities.", nameof(instanceId));
        if (instanceId.AsSpan().IndexOfAny("/\\#?") >= 0 || instanceId.Any(char.IsControl))
            throw new ArgumentException($"The instance id '{instanceId}' has a control character or one of / \\ # ?", nameof(instanceId));
    }
}
