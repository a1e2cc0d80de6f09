using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Embedded;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Store;

namespace Preempt.Testing;

/// <summary>An app on the embedded host, in the test's process: its own hosted services, timers and HTTP, on a SQLite store of its own.</summary>
internal sealed class EmbeddedTestedApp : RealTimeApp
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _store;
    private readonly RunClient _runs;

    private EmbeddedTestedApp(WebApplication app, DirectoryInfo store, TimeSpan longestWait)
        : base(TestPlace.Embedded, longestWait)
    {
        _app = app;
        _store = store;
        _runs = app.Services.GetRequiredService<RunClients>().With(app.Services.GetRequiredService<DurableEngine>().Client);
    }

    protected override TimeSpan Look => TimeSpan.FromMilliseconds(10);

    /// <exception cref="InvalidOperationException">The app cannot be run.</exception>
    public static async Task<EmbeddedTestedApp> StartAsync(TestedAppOptions options)
    {
        DirectoryInfo store = Directory.CreateTempSubdirectory("preempt-test-");
        WebApplication? app = null;
        try
        {
            app = Build(options, store);
            await app.StartAsync();
            return new EmbeddedTestedApp(app, store, options.LongestWait);
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            store.Delete(recursive: true);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _store.Delete(recursive: true);
    }

    internal override Task<Run> StartRunAsync(string workflow, object? input, StartOptions? options) => _runs.StartAsync(workflow, input, options);

    internal override Task<Run> GetAsync(string id) => _runs.GetAsync(id);

    internal override Task<Run> CancelAsync(string id, CancelOptions options) => _runs.CancelAsync(id, options);

    internal override Task<Run> ExtendAsync(string id, Duration by) => _runs.ExtendAsync(id, by);

    internal override Task<Run> RaiseEventAsync(string id, string name, object? payload) => _runs.RaiseEventAsync(id, name, payload);

    internal override Task<RunExplanation> ExplainAsync(string id) => _runs.ExplainAsync(id);

    internal override string FindHistory(string id) => HistoryDump.Of(_app.Services.GetRequiredService<IStore>(), id);

    internal override Task<Gate> GetGateAsync(string workflow, string key) => _runs.GetGateAsync(workflow, key);

    protected override Task<Run> WaitAsync(string id, TimeSpan wait) => _runs.WaitAsync(id, wait);

    private static WebApplication Build(TestedAppOptions options, DirectoryInfo store)
    {
        Action<IFunctionAppBuilder>? register = options.App is { } app ? AppRegistration.Of(app) : null;
        EmbeddedAppBuilder builder = new([], () => options.App is { } entry
            ? FunctionCatalog.AppAssemblies(entry).SelectMany(assembly => assembly.GetTypes())
            : PreemptFunctions.Types);
        // What the machine's files and environment say is of no account: neither is its storage.
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();
        builder.Configuration.AddInMemoryCollection(Defaults(options, store)).AddInMemoryCollection(options.Settings);
        register?.Invoke(builder);
        options.ConfigureServices(builder.Services);
        return builder.Build();
    }

    private static IEnumerable<KeyValuePair<string, string?>> Defaults(TestedAppOptions options, DirectoryInfo store) =>
    [
        new("urls", "http://127.0.0.1:0"),
        new("Logging:LogLevel:Default", "Warning"),
        // An app without a storage account says so at each start.
        new("Logging:LogLevel:Preempt.Embedded.Hosting.Queues", "Error"),
        new(StoreSetting.Name, store.FullName),
        .. options.App is { } app ? (KeyValuePair<string, string?>[])[new("applicationName", app.GetName().Name)] : [],
    ];
}
