namespace Preempt.FunctionsHost;

/// <summary>What the command line says.</summary>
/// <param name="App">The folder of the app.</param>
/// <param name="Urls">Where to listen; port 0 takes a free one.</param>
internal sealed record CommandLine(string App, string Urls)
{
    private const string Usage = "FunctionsHost --app <folder with the app's output> --urls http://127.0.0.1:PORT";

    /// <summary>Reads it.</summary>
    /// <exception cref="ArgumentException">It is not as it must be.</exception>
    public static CommandLine Read(string[] args)
    {
        IConfiguration values = new ConfigurationBuilder().AddCommandLine(args).Build();
        return values["app"] is { Length: > 0 } app && values["urls"] is { Length: > 0 } urls
            ? new(app, urls)
            : throw new ArgumentException($"Usage: {Usage}");
    }
}
