using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd.Kills;

/// <summary>An app that can be killed and started again on the state that it left.</summary>
internal sealed class RestartableApp : IDisposable
{
    private readonly DirectoryInfo _store = Directory.CreateTempSubdirectory("preempt-restarted-");
    private AppProcess? _process;
    private HttpClient? _http;

    private RestartableApp()
    {
    }

    /// <summary>The running app's API.</summary>
    public PreemptApi Api { get; private set; } = null!;

    public static async Task<RestartableApp> StartAsync()
    {
        RestartableApp app = new();
        await app.StartAgainAsync();
        return app;
    }

    /// <summary>Kills the app.</summary>
    public void Kill()
    {
        _process!.Dispose();
        _http!.Dispose();
    }

    /// <summary>Starts the app on what the one before it left.</summary>
    public async Task StartAgainAsync()
    {
        (_process, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string> { ["Preempt__Store"] = _store.FullName });
        _http = AppUnderTest.Connect(address);
        Api = new PreemptApi(_http);
    }

    public void Dispose()
    {
        Kill();
        _store.Delete(recursive: true);
    }
}
