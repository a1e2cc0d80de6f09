using System.Collections.Concurrent;
using Preempt.Client;

namespace Preempt.Testing;

/// <summary>An app that runs elsewhere, over its HTTP API. What the client throws becomes what code inside the app would get.</summary>
internal sealed class HttpApp : RealTimeApp
{
    /// <summary>How long, at the end of a test, its runs may take to be cancelled.</summary>
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, bool> _open = [];
    private readonly HttpClient _http;
    private readonly PreemptHttpClient _runs;

    private HttpApp(TestPlace place, TimeSpan longestWait)
        : base(place, longestWait)
    {
        PreemptClientOptions options = new() { BaseUrl = place.Address, ApiKey = place.Key };
        _http = new HttpClient(PreemptHttpClient.CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        _runs = new PreemptHttpClient(_http, options);
    }

    protected override TimeSpan Look => TimeSpan.FromMilliseconds(100);

    /// <exception cref="InvalidOperationException">No app answers there.</exception>
    public static async Task<HttpApp> ConnectAsync(TestPlace place, TimeSpan longestWait)
    {
        HttpApp app = new(place, longestWait);
        try
        {
            await app._runs.GetHealthAsync();
            return app;
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutException or Client.RunException)
        {
            await app.DisposeAsync();
            throw new InvalidOperationException($"No Preempt app answers at {place}, where {TestPlace.Variable} or the test has it: {exception.Message}", exception);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(CancelLimit);
        foreach (string id in _open.Keys)
        {
            try
            {
                await _runs.CancelAsync(id, new CancelOptions("The test that started it is over."), limit.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or TimeoutException or Client.RunException or OperationCanceledException)
            {
                // It has ended, or the app has: what remains ends by its own timeout.
            }
        }

        _http.Dispose();
    }

    internal override async Task<Run> StartRunAsync(string workflow, object? input, StartOptions? options)
    {
        Run run = await CallAsync(_runs.StartAsync(workflow, input, options), workflow);
        _open[run.Id] = true;
        return run;
    }

    internal override async Task<Run> GetAsync(string id) => Note(await CallAsync(_runs.GetAsync(id), id));

    internal override Task<Run> CancelAsync(string id, CancelOptions options) => CallAsync(_runs.CancelAsync(id, options), id);

    internal override Task<Run> ExtendAsync(string id, Duration by) => CallAsync(_runs.ExtendAsync(id, by), id);

    internal override Task<Run> RaiseEventAsync(string id, string name, object? payload) => CallAsync(_runs.RaiseEventAsync(id, name, payload), id);

    internal override Task<RunExplanation> ExplainAsync(string id) => CallAsync(_runs.ExplainAsync(id), id);

    internal override string? FindHistory(string id) => null;

    internal override Task<Gate> GetGateAsync(string workflow, string key) => CallAsync(_runs.GetGateAsync(workflow, key), workflow);

    protected override async Task<Run> WaitAsync(string id, TimeSpan wait) => Note(await CallAsync(_runs.WaitAsync(id, wait), id));

    private Run Note(Run run)
    {
        if (run.Status.IsTerminal())
            _open.TryRemove(run.Id, out _);
        return run;
    }

    private static async Task<T> CallAsync<T>(Task<T> call, string subject)
    {
        try
        {
            return await call;
        }
        catch (Client.InvalidRunException exception)
        {
            throw new InvalidRunException(exception.Message);
        }
        catch (Client.UnknownWorkflowException)
        {
            throw new UnknownWorkflowException(subject);
        }
        catch (Client.UnknownRunException)
        {
            throw new UnknownRunException(subject);
        }
        catch (Client.RunConflictException exception) when (exception.Run is { } run)
        {
            throw new RunConflictException(exception.Message, run);
        }
        catch (Client.AppDrainingException)
        {
            throw new AppDrainingException();
        }
    }
}
