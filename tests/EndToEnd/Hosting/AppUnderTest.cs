namespace Preempt.EndToEnd.Hosting;

/// <summary>
/// The app that the whole suite talks to: the one at <c>PREEMPT_BASE_URL</c>, or one that it starts itself and ends with the suite.
/// </summary>
public sealed class AppUnderTest : IAsyncLifetime
{
    private AppProcess? _process;

    /// <summary>Whether the app is somebody else's: its settings are unknown, and so is who uses it besides.</summary>
    public static bool IsExternal => ExternalAddress is not null;

    private static string? ExternalAddress =>
        Environment.GetEnvironmentVariable("PREEMPT_BASE_URL") is { Length: > 0 } address ? address : null;

    internal HttpClient Http { get; private set; } = null!;

    /// <summary>What the app wrote about these runs; nothing when it is somebody else's.</summary>
    internal string OutputAbout(IReadOnlyCollection<string> runIds) => _process?.OutputAbout(runIds) ?? "";

    public async ValueTask InitializeAsync()
    {
        if (ExternalAddress is { } external)
        {
            Http = Connect(new Uri(external));
            return;
        }

        (_process, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>());
        Http = Connect(address);
    }

    public ValueTask DisposeAsync()
    {
        Http?.Dispose();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A client of an app's API; paths are relative to <c>/api/</c>.</summary>
    internal static HttpClient Connect(Uri address) => new() { BaseAddress = new Uri(address, "/api/"), Timeout = TimeSpan.FromMinutes(2) };
}
