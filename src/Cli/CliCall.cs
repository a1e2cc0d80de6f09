using System.CommandLine;
using Preempt.Cli.Commands;
using Preempt.Cli.Output;
using Preempt.Cli.Settings;
using Preempt.Client;

namespace Preempt.Cli;

/// <summary>What a command works with: what was typed, the app, and where to write.</summary>
internal sealed class CliCall : IDisposable
{
    private readonly HttpClient _http;

    private CliCall(ParseResult arguments, Screen screen, CancellationToken cancellationToken)
    {
        Arguments = arguments;
        Screen = screen;
        CancellationToken = cancellationToken;
        Address = AppAddress.Find(arguments.GetValue(CommonOptions.BaseUrl), arguments.GetValue(CommonOptions.ApiKey), screen.Warn);
        _http = new HttpClient(PreemptHttpClient.CreateHandler(Address.Options)) { Timeout = Timeout.InfiniteTimeSpan };
        Client = new PreemptHttpClient(_http, Address.Options);
    }

    public ParseResult Arguments { get; }

    public Screen Screen { get; }

    /// <summary>Fires on Ctrl+C.</summary>
    public CancellationToken CancellationToken { get; }

    public AppAddress Address { get; }

    public PreemptHttpClient Client { get; }

    public void Dispose() => _http.Dispose();

    /// <summary>Has a command do its work, and makes an exit code of whatever comes of it.</summary>
    public static void Handle(Command command, Func<CliCall, Task<ExitCode>> run) =>
        command.SetAction((arguments, cancellationToken) => HandleAsync(arguments, run, cancellationToken));

    private static async Task<int> HandleAsync(
        ParseResult arguments, Func<CliCall, Task<ExitCode>> run, CancellationToken cancellationToken)
    {
        Screen screen = new(arguments.GetValue(CommonOptions.Json));
        CliCall? call = null;
        try
        {
            call = new CliCall(arguments, screen, cancellationToken);
            return (int)await run(call);
        }
        catch (Exception exception) when (Failure.From(exception, call?.Address, cancellationToken) is { } failure)
        {
            if (exception is UnknownWorkflowException && await WorkflowNames.SuggestAsync(call!) is { Length: > 0 } suggestion)
                failure = failure with { Message = $"{failure.Message} {suggestion}" };
            failure.Show(screen);
            return (int)failure.Code;
        }
        finally
        {
            call?.Dispose();
        }
    }

    public T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    public T Get<T>(Argument<T> argument) => Arguments.GetRequiredValue(argument);

    /// <summary>What was given for an argument that may be left out.</summary>
    public T? Find<T>(Argument<T> argument) => Arguments.GetValue(argument);
}
