using Preempt.EndToEnd.Hosting;

namespace Preempt.Client.Tests;

/// <summary>What tests share that use the real app: a client of it, and a group of their own.</summary>
public abstract class ClientTests : IDisposable
{
    private readonly HttpClient _http;

    protected ClientTests(AppUnderTest app)
    {
        ArgumentNullException.ThrowIfNull(app);
        PreemptClientOptions options = new() { BaseUrl = app.Http.BaseAddress };
        _http = new HttpClient(PreemptHttpClient.CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        Client = new PreemptHttpClient(_http, options);
    }

    protected PreemptHttpClient Client { get; }

    protected string Group { get; } = $"{TestContext.Current.TestMethod?.MethodName}-{Guid.NewGuid():N}";

    protected static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _http.Dispose();
    }

    /// <summary>Starts a run that ends only when it is stopped, and waits until its code runs.</summary>
    protected async Task<Run> StartLongAsync(string workflow)
    {
        Run run = await Client.StartAsync(workflow, Lab.Input(Group, Lab.VeryLong), cancellationToken: TestEnd);
        for (int read = 0; run.Status == RunStatus.Queued; read++)
        {
            Assert.True(read < 2000, $"The run does not begin: {run}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestEnd);
            run = await Client.GetAsync(run.Id, TestEnd);
        }

        return run;
    }

    protected async Task<Run> EndAsync(Run run)
    {
        ArgumentNullException.ThrowIfNull(run);
        await Client.CancelAsync(run.Id, new CancelOptions("the test is over", TimeSpan.Zero), TestEnd);
        return await Client.WaitAsync(run.Id, TimeSpan.FromMinutes(1), TestEnd);
    }
}
