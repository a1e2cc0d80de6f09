using System.Text;

namespace Preempt.EndToEnd.Hosting;

/// <summary>
/// The app that the whole suite talks to: the one at <c>PREEMPT_BASE_URL</c>, or one that it starts itself, as the project says, and
/// ends with the suite.
/// </summary>
public sealed class AppUnderTest : IAsyncLifetime
{
    /// <summary>Runs that are under way on each of these workflows when an app is killed before its tests.</summary>
    private const int RunsBeforeTheKill = 10;

    private static readonly string[] WorkflowsBeforeTheKill = ["lab-cancel-in-progress", "lab-cancel-in-progress-3", "lab-immediate", "lab-plain"];

    private readonly DirectoryInfo _store = Directory.CreateTempSubdirectory("preempt-store-");
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

        Dictionary<string, string> settings = new() { ["Preempt__Store"] = SuiteBuild.Tells("AppStore") == "memory" ? "memory" : _store.FullName };
        if (SuiteBuild.Tells("AppState") == "killed")
            await WorkAndDieAsync(settings);
        (_process, Uri address) = await AppProcess.StartAsync(settings);
        Http = Connect(address);
    }

    public ValueTask DisposeAsync()
    {
        Http?.Dispose();
        _process?.Dispose();
        _store.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A client of an app's API; paths are relative to <c>/api/</c>.</summary>
    internal static HttpClient Connect(Uri address) => new() { BaseAddress = new Uri(address, "/api/"), Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Starts an app, and kills it while runs wait, work and stop: the suite gets the one that goes on with them.</summary>
    private static async Task WorkAndDieAsync(Dictionary<string, string> settings)
    {
        (AppProcess app, Uri address) = await AppProcess.StartAsync(settings);
        using AppProcess dies = app;
        using HttpClient http = Connect(address);
        foreach (string workflow in WorkflowsBeforeTheKill)
        {
            for (int i = 0; i < RunsBeforeTheKill; i++)
            {
                using StringContent body = new(
                    $$$"""{"input": {"group": "before the kill", "steps": [{"seconds": {{{i}}} }, {"seconds": {{{i}}} }]}}""", Encoding.UTF8, "application/json");
                (await http.PostAsync(new Uri($"workflows/{workflow}/runs", UriKind.Relative), body)).EnsureSuccessStatusCode();
            }
        }
    }
}
