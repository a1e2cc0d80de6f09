namespace Preempt.Client;

/// <summary>Options of a client: the app's address and how to call it.</summary>
public sealed class PreemptClientOptions
{
    /// <summary>The largest value of <see cref="MaxRetries"/>.</summary>
    public const int LargestMaxRetries = 10;

    /// <summary>The header that carries <see cref="ApiKey"/>.</summary>
    internal const string KeyHeader = "x-functions-key";

    /// <summary>
    /// The app's address, such as <c>https://app.example.com</c>; its API is then under <c>/api</c>. An address with a path
    /// is the address of the API: <c>https://example.com/preempt/api</c>.
    /// </summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>The app's function key, if it needs one. Sent in the header <c>x-functions-key</c>, and never logged.</summary>
    public string? ApiKey { get; set; }

    /// <summary>How long one attempt of a call may take; a call that waits for a run may take the wait as well. 30 seconds by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a call that can be repeated safely is retried: one that only reads, or one with an idempotency key. 0 to
    /// 10; 3 by default.
    /// </summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The pause before the first retry; each further pause is twice as long. Half a second by default.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The largest response that is read, in bytes; 32 MiB by default.</summary>
    public int MaxResponseBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>What calls are relative to.</summary>
    internal Uri ApiAddress => BaseUrl!.AbsolutePath == "/"
        ? new Uri(BaseUrl, "/api/")
        : new UriBuilder(BaseUrl) { Path = BaseUrl.AbsolutePath.TrimEnd('/') + "/" }.Uri;

    /// <summary>What is wrong with these options; null when nothing is. Never has the key in it.</summary>
    public string? FindError()
    {
        if (BaseUrl is null)
            return "BaseUrl: required, such as https://app.example.com.";
        if (!BaseUrl.IsAbsoluteUri || (BaseUrl.Scheme != Uri.UriSchemeHttp && BaseUrl.Scheme != Uri.UriSchemeHttps))
            return $"BaseUrl \"{BaseUrl}\": an absolute http or https address is expected, such as https://app.example.com.";
        if (BaseUrl.UserInfo.Length > 0)
            return "BaseUrl: it contains a user name or a password. Set a key as ApiKey.";
        if (BaseUrl.Query.Length > 0 || BaseUrl.Fragment.Length > 0)
            return "BaseUrl: it has a query or a fragment; only scheme, host, port and path are expected. Set a key as ApiKey.";
        if (ApiKey is not null && (ApiKey.Length == 0 || !ApiKey.All(character => character is > ' ' and <= '~')))
            return "ApiKey: it is empty, or has characters that a key cannot have: spaces, line breaks, or characters that are not ASCII.";
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1))
            return $"Timeout {Timeout}: more than zero, and an hour at most.";
        if (MaxRetries is < 0 or > LargestMaxRetries)
            return $"MaxRetries {MaxRetries}: 0 to {LargestMaxRetries} is allowed.";
        if (RetryDelay < TimeSpan.Zero || RetryDelay > TimeSpan.FromMinutes(1))
            return $"RetryDelay {RetryDelay}: zero to a minute is allowed.";
        return MaxResponseBytes > 0 ? null : $"MaxResponseBytes {MaxResponseBytes}: more than zero.";
    }
}
