using System.Diagnostics;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;
using Preempt.Tests.Shared;

namespace Preempt.EndToEnd.Browser;

/// <summary>The dashboard in a real browser. <c>tests/browser/dashboard.mjs</c> has the steps.</summary>
public sealed class DashboardTests
{
    private const string Key = "function-key-of-the-dashboard-test";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task An_operator_finds_starts_understands_and_stops_runs()
    {
        Assert.SkipWhen(AppUnderTest.IsExternal, "The keys of an app at PREEMPT_BASE_URL are its own.");
        string chromium = await ChromiumInstallation.GetProgramAsync();
        string script = await new NodePackage("browser", "dashboard.mjs").GetScriptAsync();
        (AppProcess app, Uri address) = await AppProcess.StartAsync(new Dictionary<string, string>
        {
            ["Preempt__Keys__Function"] = Key,
            ["Preempt__Keys__Admin"] = $"{Key}-admin",
        });
        using AppProcess ends = app;
        DirectoryInfo pictures = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "dashboard"));

        using Process browser = Process.Start(new ProcessStartInfo("node")
        {
            ArgumentList = { script, new Uri(address, "/api/").ToString(), chromium, Key, pictures.FullName },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        Task<string> complaints = browser.StandardError.ReadToEndAsync(limit.Token);
        string steps = await browser.StandardOutput.ReadToEndAsync(limit.Token);
        await browser.WaitForExitAsync(limit.Token);

        Assert.True(browser.ExitCode == 0, $"{steps}{await complaints}");
        Assert.True(File.Exists(Path.Combine(pictures.FullName, "dashboard-dark.png")));
    }

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
        Assert.Contains($"<script nonce=\"{nonce}\">", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("{nonce}", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", first.Text, StringComparison.Ordinal);
    }
}
