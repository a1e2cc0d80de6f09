using System.Net;

namespace Preempt.Embedded.Tests.Hosting;

/// <summary>What somebody sees who starts an app for the first time.</summary>
public sealed class FirstStartTests
{
    [Fact]
    public async Task The_console_says_where_the_dashboard_is_and_what_to_try_and_the_root_leads_there()
    {
        using AppProcess app = new();
        string address = app.WaitFor("Dashboard:");
        Assert.Equal($"curl {address.TrimEnd('/')}/api/hello", app.WaitFor("Try it:"));
        using HttpClientHandler handler = new() { AllowAutoRedirect = false };
        using HttpClient http = new(handler);
        using HttpResponseMessage answer = await http.GetAsync(new Uri(address), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Redirect, "/api/dashboard"), (answer.StatusCode, answer.Headers.Location?.ToString()));
    }

    [Fact]
    public void A_port_that_is_taken_is_told_in_one_line_that_names_the_option()
    {
        using AppProcess first = new();
        string address = first.WaitFor("Now listening on:");
        using AppProcess second = new(address, []);
        Assert.Matches("is taken: another process listens there. .* dotnet run --urls http://127.0.0.1:[0-9]+$", address + second.WaitFor(address));
        Assert.Equal(1, second.WaitForExit());
        Assert.Single(second.Lines);
    }
}
