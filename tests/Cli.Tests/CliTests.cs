using System.Globalization;
using System.Text.Json;
using Preempt.EndToEnd;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

/// <summary>What tests share that run the tool against the real app.</summary>
public abstract class CliTests : IAsyncDisposable
{
    private readonly List<string> _long = [];
    private readonly HttpClient _http;

    protected CliTests(AppUnderTest app)
    {
        ArgumentNullException.ThrowIfNull(app);
        _http = app.Http;
        BaseUrl = _http.BaseAddress!;
        Cli = new CliProcess(BaseUrl);
    }

    protected Uri BaseUrl { get; }

    internal CliProcess Cli { get; }

    protected string Group { get; } = $"{TestContext.Current.TestMethod?.MethodName}-{Guid.NewGuid():N}";

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_long.Count > 0)
            await Cli.RunAsync(["cancel", .. _long, "--grace", "0s", "--yes"]);
        Cli.Dispose();
    }

    /// <summary>The input of a lab workflow with one step.</summary>
    protected string Input(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"group":"{{Group}}","steps":[{"seconds":{{seconds}}}]}""");

    /// <summary>Starts a run that ends only when it is stopped, and waits until its code runs.</summary>
    protected async Task<string> StartLongAsync(string workflow)
    {
        string id = await StartWaitingAsync(workflow);
        await Eventually.GetAsync(() => StatusAsync(id), status => status == nameof(RunStatus.Running));
        return id;
    }

    /// <summary>Starts a run that ends only when it is stopped; others hold the slots that it needs.</summary>
    protected async Task<string> StartWaitingAsync(string workflow)
    {
        string id = (await Cli.RunAsync("start", workflow, "--input", Input(120))).Expect(ExitCode.Done).Output.Trim();
        _long.Add(id);
        return id;
    }

    private async Task<string?> StatusAsync(string id)
    {
        using JsonDocument run = JsonDocument.Parse(await _http.GetStringAsync($"runs/{id}", TestContext.Current.CancellationToken));
        return run.RootElement.GetProperty("status").GetString();
    }

    /// <summary>Starts a run that ends at once, and waits until it has.</summary>
    protected async Task<string> StartShortAsync(string workflow = "lab-plain")
    {
        CliResult result = (await Cli.RunAsync("start", workflow, "--input", Input(0), "--wait", "--json")).Expect(ExitCode.Done);
        return result.Json().GetProperty("id").GetString()!;
    }
}
