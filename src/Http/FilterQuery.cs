using Microsoft.AspNetCore.Http;

namespace Preempt.Http;

/// <summary>Reads a filter of runs from a query.</summary>
internal static class FilterQuery
{
    private const string MetadataPrefix = "metadata.";

    /// <summary>The parameters that a filter may have.</summary>
    public static readonly string[] Names = ["workflow", "key", "status", "since", "until", MetadataPrefix, "parentId", "text"];

    public static RunFilter Read(HttpRequest request) => new()
    {
        Workflow = Api.ReadText(request, "workflow"),
        Key = Api.ReadText(request, "key"),
        Status = ReadStatuses(request),
        Since = Api.ReadTime(request, "since"),
        Until = Api.ReadTime(request, "until"),
        Metadata = ReadMetadata(request),
        ParentId = Api.ReadText(request, "parentId"),
        Text = Api.ReadText(request, "text"),
    };

    /// <summary>Statuses, several with commas between them or one to a parameter.</summary>
    private static RunStatus[] ReadStatuses(HttpRequest request)
    {
        string[] names = [.. request.Query["status"].SelectMany(value => value!.Split(',', StringSplitOptions.TrimEntries))];
        return [.. names.Select(ReadStatus).Distinct()];
    }

    private static RunStatus ReadStatus(string name)
    {
        int known = Array.FindIndex([.. RunStatusExtensions.All], status => status.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));
        return known >= 0
            ? RunStatusExtensions.All[known]
            : throw Api.Invalid($"status \"{name}\": not one of {string.Join(", ", RunStatusExtensions.All)}.");
    }

    private static Dictionary<string, string> ReadMetadata(HttpRequest request) => request.Query.Keys
        .Where(name => name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(name => name[MetadataPrefix.Length..], name => Api.ReadText(request, name) ?? "", StringComparer.Ordinal);
}
