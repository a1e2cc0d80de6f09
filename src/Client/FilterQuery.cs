namespace Preempt.Client;

/// <summary>A filter as the query of a list.</summary>
internal static class FilterQuery
{
    public static ApiPath Add(ApiPath path, RunFilter filter)
    {
        path.With("workflow", filter.Workflow).With("key", filter.Key).With("since", filter.Since).With("until", filter.Until);
        path.With("status", filter.Status.Count == 0 ? null : string.Join(',', filter.Status));
        path.With("parentId", filter.ParentId).With("text", filter.Text);
        foreach ((string name, string value) in filter.Metadata)
            path.With($"metadata.{name}", value);
        return path;
    }
}
