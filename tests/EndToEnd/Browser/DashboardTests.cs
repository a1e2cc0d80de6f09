using System.Diagnostics;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.Tests.Shared;

namespace Preempt.EndToEnd.Browser;

/// <summary>The dashboard in a real browser. The programs in <c>tests/browser</c> have the steps.</summary>
public sealed class DashboardTests
{
    private const string Key = "function-key-of-the-dashboard-test";
    private const string AdminKey = $"{Key}-admin";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    [Fact]
    public Task An_operator_finds_starts_understands_and_stops_runs() => PlayAsync("dashboard");

    [Fact]
    public Task What_is_drawn_in_the_lanes_is_what_happened() => PlayAsync("lanes");

    [Fact]
    public Task A_page_that_is_always_changing_can_be_used_by_everybody() => PlayAsync("live");

    [Fact]
    public Task A_newcomer_is_asked_for_no_key_and_sees_that_the_newest_wins() => PlayAsync("newcomer", hasKeys: false);

    private static async Task PlayAsync(string name, bool hasKeys = true)
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "The keys of an app at PREEMPT_BASE_URL are its own.");
        string chromium = await ChromiumInstallation.GetProgramAsync();
        string script = await new NodePackage("browser", $"{name}.mjs", "browser.mjs").GetScriptAsync();
        Dictionary<string, string> keys = new()
        {
            ["Preempt__Keys__Function"] = Key,
            ["Preempt__Keys__Admin"] = AdminKey,
        };
        (AppProcess app, Uri address) = await AppProcess.StartAsync(hasKeys ? keys : []);
        using AppProcess ends = app;

        using Process browser = Process.Start(new ProcessStartInfo("node")
        {
            ArgumentList = { script, new Uri(address, "/api/").ToString(), chromium, Key, PicturesFor(script), AdminKey },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using CancellationTokenRegistration stops = limit.Token.Register(() => browser.Kill(entireProcessTree: true));
        Task<string> complaints = browser.StandardError.ReadToEndAsync(CancellationToken.None);
        string steps = await browser.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await browser.WaitForExitAsync(CancellationToken.None);

        Assert.True(browser.ExitCode == 0, $"{steps}{await complaints}{(limit.IsCancellationRequested ? $"Not over after {Limit}." : "")}");
    }

    /// <summary><c>artifacts/dashboard</c>: what the page looked like is kept, also when the test passes.</summary>
    private static string PicturesFor(string script) =>
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(script)!, "..", "..", "dashboard")).FullName;

    [Fact]
    public async Task The_page_lets_nothing_run_but_its_own_script()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "One look at the suite's own app is enough.");
        (AppProcess app, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>());
        using AppProcess ends = app;
        using HttpClient http = AppUnderTest.Connect(address);
        PreemptApi api = new(http);

        Answer first = await api.ReadAsync("dashboard");
        Answer second = await api.ReadAsync("dashboard");

        string policy = first.Headers["Content-Security-Policy"];
        Assert.Equal("text/html", first.ContentType);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.NotEqual(policy, second.Headers["Content-Security-Policy"]);
        string nonce = policy.Split("'nonce-")[1].Split('\'')[0];
        Assert.Equal(2, first.Text.Split($" nonce=\"{nonce}\">").Length - 1);
        Assert.Equal(first.Text.Split("<script").Length, first.Text.Split("<script type=\"module\" nonce=").Length);
        Assert.DoesNotContain("{nonce}", first.Text, StringComparison.Ordinal);
        // The names of SVG and XHTML are no addresses: nothing is fetched from there.
        string withoutNames = first.Text.Replace("http://www.w3.org/", "", StringComparison.Ordinal);
        Assert.DoesNotContain("http://", withoutNames, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", withoutNames, StringComparison.Ordinal);
    }
}
