using Microsoft.AspNetCore.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting;
using Preempt.Http;

namespace Preempt.Load;

/// <summary>The app under load: the whole host, with the product's API and functions to load it with. It logs nothing.</summary>
internal sealed class LoadApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoadApp(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Durable = app.Services.GetRequiredService<DurableEngine>().Client;
        Runs = app.Services.GetRequiredService<RunClients>().With(Durable);
        Times = app.Services.GetRequiredService<HoldTimes>();
    }

    public HttpClient Http { get; }

    public DurableTaskClient Durable { get; }

    public RunClient Runs { get; }

    public HoldTimes Times { get; }

    /// <summary>Starts the app.</summary>
    /// <param name="store">The setting <c>Preempt:Store</c>: a directory, or <c>memory</c>.</param>
    public static async Task<LoadApp> StartAsync(string store)
    {
        EmbeddedAppBuilder builder = new(
            ["--urls", "http://127.0.0.1:0", "--Preempt:Store", store],
            static () => [typeof(RunEndpoints), typeof(LoadFunctions), .. PreemptFunctions.Types]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<HoldTimes>();
        builder.Services.AddPreempt(builder.Configuration, static preempt =>
        {
            preempt.AddWorkflow<Gated>();
            preempt.AddWorkflow<Held>();
            preempt.AddWorkflow<Parked>();
            preempt.AddStep<Nothing>();
            preempt.AddStep<Hold>();
        });
        WebApplication app = builder.Build();
        await app.StartAsync();
        return new LoadApp(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
