using System.Security.Cryptography;
using System.Text;

namespace Preempt.FunctionsHost.Http;

/// <summary>
/// The keys that callers show, in the header <c>x-functions-key</c> or the query's <c>code</c>: of the settings
/// <c>Preempt:Keys:Function</c> and <c>Preempt:Keys:Admin</c>, as the embedded host has them. Without keys every function is open.
/// </summary>
internal sealed class AccessKeys(IConfiguration settings)
{
    private readonly byte[]? _function = Hash(settings["Preempt:Keys:Function"]);
    private readonly byte[]? _admin = Hash(settings["Preempt:Keys:Admin"]);

    /// <summary>Whether a request may call what needs a level, as an HTTP trigger names it.</summary>
    public bool Allow(HttpRequest request, string level)
    {
        if (level.Equals("anonymous", StringComparison.OrdinalIgnoreCase) || (_function is null && _admin is null))
            return true;
        string shown = request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString();
        bool isFunctionLevel = level.Equals("function", StringComparison.OrdinalIgnoreCase) || level.Equals("user", StringComparison.OrdinalIgnoreCase);
        return Hash(shown) is { } hash && (Matches(hash, _admin) || (isFunctionLevel && Matches(hash, _function)));
    }

    private static bool Matches(byte[] shown, byte[]? key) => key is not null && CryptographicOperations.FixedTimeEquals(shown, key);

    /// <summary>Hashes have one length, so that comparing them takes one time.</summary>
    private static byte[]? Hash(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
