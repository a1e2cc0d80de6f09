using Microsoft.AspNetCore.Http;

namespace Preempt.Http;

/// <summary>Paths for the Location header, under whatever route prefix the request came by; never with a host that a caller named.</summary>
internal static class ApiPath
{
    public static string OfRun(HttpRequest request, string id) => $"{Root(request)}/runs/{id}";

    public static string OfOperation(HttpRequest request, string id) => $"{Root(request)}/operations/{id}";

    /// <summary>All before the collection that the request went to. An id has no slash, so the last one found is the collection.</summary>
    private static string Root(HttpRequest request)
    {
        string path = request.Path.Value!;
        int end = Math.Max(LastIndexOf(path, "/workflows/"), LastIndexOf(path, "/runs/"));
        return path[..end];
    }

    private static int LastIndexOf(string path, string segment) => path.LastIndexOf(segment, StringComparison.OrdinalIgnoreCase);
}
