using Preempt.Client;

namespace Preempt.Cli.Settings;

/// <summary>Which app is meant, and with which key: from the command line, else the environment, else the settings file.</summary>
/// <param name="Options">What the client needs.</param>
/// <param name="Source">Where the address was found, in words.</param>
internal sealed record AppAddress(PreemptClientOptions Options, string Source)
{
    public const string UrlVariable = "PREEMPT_BASE_URL";
    public const string KeyVariable = "PREEMPT_API_KEY";

    /// <summary>Where <c>dotnet run</c> and <c>func start</c> have the app listen.</summary>
    private const string DefaultUrl = "http://127.0.0.1:7071";

    /// <exception cref="SettingsException">What was found is not valid.</exception>
    public static AppAddress Find(string? url, string? key, Action<string> warn)
    {
        SettingsFile file = SettingsFile.Read(warn);
        (string text, string source) = (url, Variable(UrlVariable), file.BaseUrl) switch
        {
            ({ } given, _, _) => (given, "--base-url"),
            (_, { } given, _) => (given, UrlVariable),
            (_, _, { } given) => (given, SettingsFile.Path),
            _ => (DefaultUrl, "the default"),
        };
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address))
            throw new SettingsException($"The base URL \"{text}\" (from {source}) is not a URL. Expected: a URL such as {DefaultUrl}.");
        // The key in the file is meant for the address in the file, and for no other.
        string? filed = file.ApiKey is not null && Uri.TryCreate(file.BaseUrl ?? DefaultUrl, UriKind.Absolute, out Uri? its)
            && its.GetLeftPart(UriPartial.Authority) == address.GetLeftPart(UriPartial.Authority) ? file.ApiKey : null;
        PreemptClientOptions options = new()
        {
            BaseUrl = address,
            ApiKey = key ?? Variable(KeyVariable) ?? filed,
            MaxRetries = 2,
            RetryDelay = TimeSpan.FromMilliseconds(200),
        };
        if (options.FindError() is { } error)
            throw new SettingsException($"{error} (The base URL is from {source}.)");
        if (options.ApiKey is not null && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
            warn($"The key goes to {address.Authority} without encryption: use https.");
        return new AppAddress(options, source);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
