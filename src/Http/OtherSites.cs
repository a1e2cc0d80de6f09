using Microsoft.AspNetCore.Http;

namespace Preempt.Http;

/// <summary>
/// Tells requests that a page of another site has a browser make. A browser sends them wherever it can reach, with its user's rights, and
/// without asking where they are simple enough. Programs that are no browser say nothing of a site, and are no other site's.
/// </summary>
internal static class OtherSites
{
    /// <summary>What the maker of such a request is told.</summary>
    public const string Refusal =
        "A page of another site sent this request, and it would change something. To allow a page, add its origin to the app's CORS settings, and let it send "
        + "its key in the header x-functions-key, or a token in Authorization: Bearer.";

    /// <summary>Whether a request would change something, and is one that another site's page can have a browser make on its own.</summary>
    public static bool IsRefused(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return false;
        // A browser asks the app before it sends such a header for another site.
        if (request.Headers.ContainsKey("x-functions-key") || request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return false;
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is not ("same-origin" or "none");
        // Browsers that say nothing of the site, and all of them to plain http beyond loopback, name the page's origin.
        string origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !IsOwn(origin, request);
    }

    /// <summary>Whether an origin is where the request went to: this host, or the one that a proxy in front says it was.</summary>
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
        && (IsAt(page, request.Host) || IsAt(page, new HostString(request.Headers["X-Forwarded-Host"].ToString())));

    private static bool IsAt(Uri page, HostString host) =>
        host.HasValue
        && page.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? page.Port == port : page.IsDefaultPort);
}
