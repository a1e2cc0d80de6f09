using System.Net;
using System.Net.Sockets;
using Preempt.Tests.Shared;

namespace Preempt.Cli.Tests;

/// <summary>Which app the tool talks to, with which key, and what it says when that does not work.</summary>
public sealed class ConnectionTests
{
    private const string Run = """{"id":"a","workflow":"w","version":"1","status":"Succeeded","queuedAt":"2026-01-01T00:00:00Z"}""";

    [Fact]
    public async Task Nothing_that_listens_is_told_with_what_was_tried_and_what_to_do()
    {
        using ClosedPort closed = new();
        using CliProcess cli = new(closed.Address);
        CliResult result = (await cli.RunAsync("get", "a")).Expect(ExitCode.Unavailable);
        Assert.Contains("Nothing responds at http://127.0.0.1:", result.Error, StringComparison.Ordinal);
        Assert.Contains("(from PREEMPT_BASE_URL)", result.Error, StringComparison.Ordinal);
        Assert.Contains("dotnet run --project src/Functions", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_server_is_told_as_such()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, "<html>Welcome</html>", "text/html");
        using CliProcess cli = new(server.Address);
        CliResult result = (await cli.RunAsync("get", "a")).Expect(ExitCode.Unavailable);
        Assert.Contains("answered 200 (text/html)", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_is_told_with_the_ways_to_give_one()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(401, "");
        using CliProcess cli = new(server.Address);
        CliResult missing = (await cli.RunAsync("get", "a")).Expect(ExitCode.AccessDenied);
        Assert.Contains("none was given", missing.Error, StringComparison.Ordinal);
        Assert.Contains("PREEMPT_API_KEY", missing.Error, StringComparison.Ordinal);
        CliResult wrong = (await cli.With("PREEMPT_API_KEY", "wrong-key").RunAsync("get", "a", "--json")).Expect(ExitCode.AccessDenied);
        Assert.DoesNotContain("wrong-key", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flags_are_above_the_environment_and_that_above_the_settings_file()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, Run);
        using CliProcess cli = new(baseUrl: null);
        WriteSettings(cli, $$"""{"baseUrl": "{{server.Address}}", "apiKey": "file"}""", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Empty((await cli.RunAsync("get", "a")).Expect(ExitCode.Done).Error);
        (await cli.With("PREEMPT_API_KEY", "environment").RunAsync("get", "a")).Expect(ExitCode.Done);
        (await cli.RunAsync("get", "a", "--api-key", "flag")).Expect(ExitCode.Done);
        Assert.Equal(["file", "environment", "flag"], server.Requests.Select(request => request.Headers["x-functions-key"]));
        using ClosedPort closed = new();
        (await cli.RunAsync("get", "a", "--base-url", closed.Address.ToString())).Expect(ExitCode.Unavailable);
    }

    [Fact]
    public async Task The_key_in_the_file_goes_only_to_the_app_in_the_file()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, Run);
        using CliProcess cli = new(baseUrl: null);
        WriteSettings(cli, """{"baseUrl": "https://app.example.com", "apiKey": "file"}""", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await cli.RunAsync("get", "a", "--base-url", server.Address.ToString())).Expect(ExitCode.Done);
        Assert.DoesNotContain("x-functions-key", Assert.Single(server.Requests).Headers.Keys);
    }

    [Fact]
    public async Task A_key_in_a_file_that_others_can_read_is_warned_about()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions.");
        await using ScriptedServer server = await ScriptedServer.StartAsync(200, Run);
        using CliProcess cli = new(server.Address);
        WriteSettings(cli, """{"apiKey": "file"}""", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        CliResult result = (await cli.RunAsync("get", "a")).Expect(ExitCode.Done);
        Assert.StartsWith($"warning: Other users can read the key in {cli.SettingsPath}.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("{\"baseURL\": 1}", "cannot be read")]
    [InlineData("{\"url\": \"x\"}", "'url'")]
    [InlineData("{\"baseUrl\": \"nowhere\"}", "\"nowhere\"")]
    [InlineData("{\"baseUrl\": \"ftp://x\"}", "http or https")]
    [InlineData("{\"baseUrl\": \"http://user:hunter2@x\"}", "user name")]
    public async Task Settings_that_are_not_valid_are_told_with_their_place(string settings, string mentioned)
    {
        using CliProcess cli = new(baseUrl: null);
        WriteSettings(cli, settings, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        CliResult result = (await cli.RunAsync("get", "a")).Expect(ExitCode.Invalid);
        Assert.Contains(mentioned, result.Error, StringComparison.Ordinal);
        Assert.Contains(cli.SettingsPath, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_goes_over_the_network_without_encryption_is_warned_about()
    {
        using CliProcess cli = new(new Uri("http://host.invalid"));
        CliResult result = (await cli.With("PREEMPT_API_KEY", "secret").RunAsync("get", "a")).Expect(ExitCode.Unavailable);
        Assert.Contains("without encryption", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_takes_no_calls_now_is_told_in_its_words()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            503, """{"type":"urn:preempt:draining","status":503,"detail":"The app drains."}""", "application/problem+json");
        using CliProcess cli = new(server.Address);
        CliResult result = (await cli.RunAsync("cancel", "a")).Expect(ExitCode.Unavailable);
        Assert.Contains("The app drains.", result.Error, StringComparison.Ordinal);
    }

    private static void WriteSettings(CliProcess cli, string settings, UnixFileMode mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(cli.SettingsPath)!);
        File.WriteAllText(cli.SettingsPath, settings);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(cli.SettingsPath, mode);
    }

    /// <summary>A port at which nothing listens, and that nobody else can take: it refuses every connection.</summary>
    private sealed class ClosedPort : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        public Uri Address => new($"http://{_socket.LocalEndPoint}");

        public void Dispose() => _socket.Dispose();
    }
}
