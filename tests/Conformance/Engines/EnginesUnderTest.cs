using Preempt.EndToEnd.Hosting;

namespace Preempt.Conformance.Engines;

/// <summary>The app on each engine; started for the first test that asks for it, and ended with the suite.</summary>
public sealed class EnginesUnderTest : IAsyncLifetime
{
    private readonly Dictionary<Engine, Lazy<Task<RunningEngine>>> _engines =
        Enum.GetValues<Engine>().ToDictionary(engine => engine, engine => new Lazy<Task<RunningEngine>>(() => StartAsync(engine)));

    /// <summary>The app on an engine.</summary>
    internal async Task<EngineApi> GetAsync(Engine engine) => (await _engines[engine].Value).Api;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<RunningEngine>> engine in _engines.Values)
        {
            if (engine is { IsValueCreated: true, Value.IsFaulted: false })
                (await engine.Value).Dispose();
        }
    }

    private static async Task<RunningEngine> StartAsync(Engine engine)
    {
        string assembly = SuiteBuild.Tells("AppAssembly")!;
        AppCommand command = engine switch
        {
            Engine.Microsoft => await AppCommand.UnderFunctionsHostAsync(Path.GetDirectoryName(assembly)!, new Dictionary<string, string>()),
            Engine.EmbeddedInMemory => AppCommand.Alone(assembly, new Dictionary<string, string> { ["Preempt__Store"] = "memory" }),
            _ => AppCommand.Alone(assembly, new Dictionary<string, string>()),
        };
        (AppProcess app, Uri address) = await AppProcess.StartAsync(command);
        return new RunningEngine(app, new HttpClient { BaseAddress = address });
    }

    private sealed class RunningEngine(AppProcess app, HttpClient http) : IDisposable
    {
        public EngineApi Api { get; } = new(http, () => app.Output);

        public void Dispose()
        {
            http.Dispose();
            app.Dispose();
        }
    }
}
