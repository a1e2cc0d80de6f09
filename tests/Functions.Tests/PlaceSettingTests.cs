using System.Diagnostics;
using Preempt.EndToEnd.Hosting;
using Preempt.Testing;

namespace Preempt.Functions.Tests;

/// <summary>The setting that says where tests play.</summary>
public sealed class PlaceSettingTests(AppUnderTest app) : IClassFixture<AppUnderTest>
{
    [Theory]
    [InlineData("embedded")]
    [InlineData("an address")]
    public async Task The_same_test_plays_where_the_environment_says(string place)
    {
        string where = place == "embedded" ? place : new Uri(app.Http.BaseAddress!, "/").ToString();
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { "exec", typeof(OneTestTests).Assembly.Location, "-class", typeof(OneTestTests).FullName!, "-noColor" },
            Environment = { [TestPlace.Variable] = where },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process tests = Process.Start(start)!;
        string output = await tests.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tests.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(tests.ExitCode == 0, output);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", output, StringComparison.Ordinal);
        if (place != "embedded")
            Assert.Contains("chat-reply", await app.Http.GetStringAsync(new Uri("runs?workflow=chat-reply", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory", "memory", null)]
    [InlineData("embedded", "embedded", null)]
    [InlineData("https://app.example.com", "https://app.example.com/", "https://app.example.com/")]
    [InlineData("http://127.0.0.1:7071/api", "http://127.0.0.1:7071/api", "http://127.0.0.1:7071/api")]
    public void A_place_is_read_from_text(string text, string written, string? address)
    {
        TestPlace place = TestPlace.Parse(text, "secret");
        Assert.Equal((written, address), (place.ToString(), place.Address?.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Memory")]
    [InlineData("ftp://app.example.com")]
    [InlineData("app.example.com")]
    public void What_is_no_place_is_refused_with_a_sentence(string text) => Assert.Equal(
        $"PREEMPT_TEST_APP \"{text}\": memory, embedded, or an address such as https://app.example.com is expected.",
        Assert.Throws<FormatException>(() => TestPlace.Parse(text)).Message);

    [Fact]
    public async Task An_address_where_no_app_is_is_refused_with_a_sentence()
    {
        TestedAppOptions options = new() { Place = TestPlace.At(new Uri(app.Http.BaseAddress!, "/no-such-path")) };
        string message = (await Assert.ThrowsAsync<InvalidOperationException>(() => TestedApp.OpenAsync(options))).Message;
        Assert.StartsWith($"No Preempt app answers at {options.Place}", message, StringComparison.Ordinal);
    }
}
