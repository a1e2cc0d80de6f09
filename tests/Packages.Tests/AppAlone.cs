using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Preempt.Packages.Tests;

/// <summary>An app that <c>dotnet run</c> has started alone, on a free port.</summary>
internal sealed partial class AppAlone : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };

    private AppAlone(string directory, string project)
    {
        _process = new Process
        {
            StartInfo = Dotnet.Describe(directory, "run", "--no-build", "--project", project, "--", "--urls", "http://127.0.0.1:0"),
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("The app ended before it listened."));
    }

    /// <summary>Starts an app that has been built, and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message has what it wrote.</exception>
    public static async Task<AppAlone> StartAsync(string directory, string project)
    {
        AppAlone app = new(directory, project);
        app._process.Start();
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        try
        {
            app._http.BaseAddress = await app._listening.Task.WaitAsync(StartLimit, TestContext.Current.CancellationToken);
            return app;
        }
        catch (Exception exception)
        {
            app.Dispose();
            throw new InvalidOperationException($"{exception.Message}\n{app.Output}", exception);
        }
    }

    private string Output => string.Join('\n', _output);

    /// <summary>Gets JSON.</summary>
    public Task<JsonElement> GetAsync(string path) => ReadAsync(_http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

    /// <summary>Posts JSON, and gets JSON.</summary>
    public Task<JsonElement> PostAsync<T>(string path, T body) =>
        ReadAsync(_http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken));

    public void Dispose()
    {
        _http.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<JsonElement> ReadAsync(Task<HttpResponseMessage> answering)
    {
        using HttpResponseMessage answer = await answering;
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}\n{Output}");
        return JsonElement.Parse(text);
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        if (ListeningLine().Match(line) is { Success: true } match)
            _listening.TrySetResult(new Uri(match.Groups["address"].Value));
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningLine();
}
