using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Preempt.Http;

namespace Preempt.Embedded.Hosting;

/// <summary>
/// The keys that callers show, in the header <c>x-functions-key</c> or the query's <c>code</c>. Without keys the app is open to
/// its own machine, and to nobody else: neither to another machine, nor to a page of another site in a browser of this one.
/// </summary>
internal sealed class AccessKeys
{
    private const string FunctionSetting = "Preempt:Keys:Function";
    private const string AdminSetting = "Preempt:Keys:Admin";

    private readonly byte[]? _function;
    private readonly byte[]? _admin;

    private AccessKeys(string? function, string? admin)
    {
        _function = Hash(function);
        _admin = Hash(admin);
    }

    /// <summary>Reads the keys.</summary>
    /// <param name="app">The app's settings.</param>
    /// <exception cref="InvalidOperationException">
    /// Keys are missing: one of two, or any while the app listens on more than loopback.
    /// </exception>
    public static AccessKeys Read(IConfiguration app)
    {
        string[] missing = [.. new[] { FunctionSetting, AdminSetting }.Where(setting => string.IsNullOrEmpty(app[setting]))];
        string? open = ListenAddresses.Of(app).FirstOrDefault(address => !ListenAddresses.IsLoopback(address));
        if (missing.Length > 0 && open is not null) throw Missing($"it listens on {open}, which others can reach, without keys", missing);
        if (missing.Length == 1) throw Missing("it has one key, and needs two", missing);
        return new(app[FunctionSetting], app[AdminSetting]);
    }

    /// <summary>Whether there are none, so that being on this machine is all that is asked of callers.</summary>
    public bool AreNone => _function is null || _admin is null;

    /// <summary>Serves a request that may call what needs a level, and refuses any other, without saying what was wrong with its key.</summary>
    public Task ServeAsync(HttpContext http, AuthorizationLevel level, Func<Task> serve)
    {
        if (AreNone && level != AuthorizationLevel.Anonymous && OtherSites.IsRefused(http.Request))
            return Results.Problem(OtherSites.Refusal, statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(http);
        return Allow(http, level) ? serve() : Results.Problem(statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(http);
    }

    private bool Allow(HttpContext http, AuthorizationLevel level)
    {
        if (level == AuthorizationLevel.Anonymous) return true;
        if (_function is null || _admin is null) return IsLocal(http);
        byte[]? shown = Hash(ShownBy(http.Request));
        if (shown is null) return false;
        bool isAdmin = CryptographicOperations.FixedTimeEquals(shown, _admin);
        bool isFunction = CryptographicOperations.FixedTimeEquals(shown, _function);
        return isAdmin || (isFunction && level is AuthorizationLevel.Function or AuthorizationLevel.User);
    }

    /// <summary>An address that code listens on, and that no setting names, gets no further than one that a setting names.</summary>
    private static bool IsLocal(HttpContext http) => http.Connection.LocalIpAddress is not { } address || IPAddress.IsLoopback(address);

    private static string? ShownBy(HttpRequest request) =>
        request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString();

    /// <summary>Hashes have one length, so that comparing them takes one time.</summary>
    private static byte[]? Hash(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static InvalidOperationException Missing(string why, string[] settings)
    {
        string variables = string.Join(", ", settings.Select(setting => setting.Replace(":", "__", StringComparison.Ordinal)));
        return new(
            $"The function app cannot start: {why}. Set {string.Join(" and ", settings)} (in the environment: {variables}) to a key of "
            + "your own, or listen on loopback only, without keys.");
    }
}
