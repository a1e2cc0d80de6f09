using System.Text.Json;
using Preempt.EndToEnd;
using Preempt.EndToEnd.Hosting;

namespace Preempt.Cli.Tests;

/// <summary>What concerns a whole app, on one of its own that asks for keys.</summary>
public sealed class OwnAppTests : IAsyncLifetime
{
    private const string FunctionKey = "function-key-of-the-test";
    private const string AdminKey = "admin-key-of-the-test";

    private static readonly string[] Start = ["start", "lab-plain", "--input", """{"group":"g","steps":[{"seconds":0}]}"""];
    private static readonly string[] StartLong = ["start", "lab-plain", "--input", """{"group":"g","steps":[{"seconds":120}]}"""];

    private AppProcess? _app;
    private CliProcess? _cli;

    private CliProcess Cli => _cli!;

    public async ValueTask InitializeAsync()
    {
        (_app, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>
        {
            ["Preempt__Keys__Function"] = FunctionKey,
            ["Preempt__Keys__Admin"] = AdminKey,
        });
        _cli = new CliProcess(address).With("PREEMPT_API_KEY", AdminKey);
    }

    public ValueTask DisposeAsync()
    {
        _cli?.Dispose();
        _app?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Each_key_opens_what_it_is_for()
    {
        Cli.With("PREEMPT_API_KEY", null);
        (await Cli.RunAsync("workflows")).Expect(ExitCode.AccessDenied);
        Cli.With("PREEMPT_API_KEY", FunctionKey);
        (await Cli.RunAsync("workflows")).Expect(ExitCode.Done);
        CliResult denied = (await Cli.RunAsync("resume")).Expect(ExitCode.AccessDenied);
        Assert.Contains("admin key", denied.Error, StringComparison.Ordinal);
        (await Cli.RunAsync("resume", "--api-key", AdminKey)).Expect(ExitCode.Done);
    }

    [Fact]
    public async Task A_drained_app_admits_nothing_until_it_is_resumed()
    {
        Assert.StartsWith("Running at ", (await Cli.RunAsync("status")).Expect(ExitCode.Done).Output, StringComparison.Ordinal);
        CliResult drained = (await Cli.RunAsync("drain", "--wait")).Expect(ExitCode.Done);
        Assert.StartsWith("Draining, nothing runs", drained.Output, StringComparison.Ordinal);
        string id = (await Cli.RunAsync(Start)).Expect(ExitCode.Done).Output.Trim();
        JsonElement run = (await Cli.RunAsync("get", id, "--wait", "300ms", "--json")).Expect(ExitCode.StillRunning).Json();
        Assert.Equal("Queued", run.GetProperty("status").GetString());
        JsonElement status = (await Cli.RunAsync("resume", "--json")).Expect(ExitCode.Done).Json();
        Assert.Equal("Running", status.GetProperty("app").GetProperty("mode").GetString());
        (await Cli.RunAsync("get", id, "--wait")).Expect(ExitCode.Done);
    }

    [Fact]
    public async Task An_app_that_refuses_starts_says_so_and_a_second_drain_stops_all_runs_when_that_is_sure()
    {
        string id = (await Cli.RunAsync(StartLong)).Expect(ExitCode.Done).Output.Trim();
        await Eventually.GetAsync(
            async () => (await Cli.RunAsync("get", id, "--json")).Json().GetProperty("status").GetString(), status => status == nameof(RunStatus.Running));
        (await Cli.RunAsync("drain", "--refuse")).Expect(ExitCode.Done);
        CliResult refused = (await Cli.RunAsync(Start)).Expect(ExitCode.Unavailable);
        Assert.Contains("drains", refused.Error, StringComparison.Ordinal);
        CliResult unsure = (await Cli.RunAsync("drain")).Expect(ExitCode.Invalid);
        Assert.Contains("add --yes", unsure.Error, StringComparison.Ordinal);
        (await Cli.RunAsync("drain", "--yes", "--wait")).Expect(ExitCode.Done);
        JsonElement run = (await Cli.RunAsync("get", id, "--wait", "--json")).Expect(ExitCode.RunFailed).Json();
        Assert.Equal("Shutdown", run.GetProperty("stop").GetProperty("reason").GetString());
    }
}
