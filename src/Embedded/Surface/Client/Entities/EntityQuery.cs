namespace Microsoft.DurableTask.Client.Entities;

/// <summary>Which entities to list.</summary>
public record EntityQuery
{
    /// <summary>How many a page holds unless said otherwise.</summary>
    public const int DefaultPageSize = 100;

    private readonly string? _instanceIdStartsWith;

    /// <summary>
    /// With an id that begins so: <c>@name@key</c>, where the name is lower-cased and a missing <c>@</c> is put in front.
    /// </summary>
    public string? InstanceIdStartsWith
    {
        get => _instanceIdStartsWith;
        init => _instanceIdStartsWith = value is null ? null : Normalized(value);
    }

    /// <summary>Changed at or after this time.</summary>
    public DateTimeOffset? LastModifiedFrom { get; init; }

    /// <summary>Changed at or before this time.</summary>
    public DateTimeOffset? LastModifiedTo { get; init; }

    /// <summary>Whether the state is wanted; true unless set.</summary>
    public bool IncludeState { get; init; } = true;

    /// <summary>Whether entities without a state are wanted.</summary>
    public bool IncludeTransient { get; init; }

    /// <summary>How many a page holds at most; null for the default.</summary>
    public int? PageSize { get; init; }

    /// <summary>Where to go on; null for the start.</summary>
    public string? ContinuationToken { get; init; }

    private static string Normalized(string prefix)
    {
        string id = prefix.StartsWith('@') ? prefix : "@" + prefix;
        int key = id.IndexOf('@', 1);
        return key < 0 ? id.ToLowerInvariant() : id[..key].ToLowerInvariant() + id[key..];
    }
}
