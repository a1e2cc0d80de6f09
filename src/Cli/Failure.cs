using Preempt.Cli.Output;
using Preempt.Cli.Settings;
using Preempt.Client;

namespace Preempt.Cli;

/// <summary>What went wrong, for a person or a program.</summary>
/// <param name="Code">What the tool ends with.</param>
/// <param name="Message">In words.</param>
/// <param name="Problem">As the app tells it.</param>
internal sealed record Failure(ExitCode Code, string Message, Problem? Problem = null)
{
    /// <summary>The failure that an exception stands for; null when it is a mistake of the tool.</summary>
    public static Failure? From(Exception exception, AppAddress? address, CancellationToken interrupted) => exception switch
    {
        InterruptedException => new(ExitCode.Interrupted, $"Interrupted. {exception.Message}"),
        OperationCanceledException when interrupted.IsCancellationRequested => new(ExitCode.Interrupted, "Interrupted."),
        UsageException or SettingsException => new(ExitCode.Invalid, exception.Message),
        InvalidRunException error => new(ExitCode.Invalid, error.Message, error.Problem),
        UnknownRunException or UnknownWorkflowException or UnknownRuleException or UnknownOperationException =>
            new(ExitCode.NotFound, exception.Message, ((RunException)exception).Problem),
        RunConflictException error => new(ExitCode.Conflict, error.Message, error.Problem),
        AccessDeniedException error => new(ExitCode.AccessDenied, $"{error.Message}\n{HowToGiveKey}", error.Problem),
        AppUnavailableException error => new(ExitCode.Unavailable, $"The app accepts no calls now: {error.Message}", error.Problem),
        RunException error => new(ExitCode.Unavailable, error.Message, error.Problem),
        HttpRequestException error => new(ExitCode.Unavailable, Describe(error, address!)),
        TimeoutException => new(ExitCode.Unavailable, exception.Message),
        _ => null,
    };

    public void Show(Screen screen)
    {
        if (screen.IsJson)
            Screen.FailJson(new JsonFailure((int)Code, Message, Problem));
        else if (Code == ExitCode.Interrupted)
            screen.Note(Message);
        else
            screen.Fail(Message);
    }

    private const string HowToGiveKey =
        $"Set {AppAddress.KeyVariable}, or put \"apiKey\" into the settings file, or use --api-key (other users of this machine can see it).";

    private static string Describe(HttpRequestException exception, AppAddress address)
    {
        string url = address.Options.BaseUrl!.GetLeftPart(UriPartial.Path);
        return exception.HttpRequestError switch
        {
            HttpRequestError.ConnectionError =>
                $"Nothing responds at {url} (from {address.Source}).\n"
                + "Start an app there (in the project's folder: dotnet run --project src/Functions), or give its address with --base-url "
                + $"or {AppAddress.UrlVariable}.",
            HttpRequestError.NameResolutionError => $"There is no host with the name in {url} (from {address.Source}).",
            HttpRequestError.SecureConnectionError => $"No secure connection to {url} (from {address.Source}): {Innermost(exception)}",
            _ => $"{url} (from {address.Source}) does not respond like an HTTP server: {Innermost(exception)}",
        };
    }

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;

    private sealed record JsonFailure(int ExitCode, string Message, Problem? Problem);
}

/// <summary>A wait was ended with Ctrl+C; the message says what goes on all the same, and how to stop it.</summary>
internal sealed class InterruptedException(string message) : Exception(message);

/// <summary>What was typed cannot be done; the message says what is accepted.</summary>
internal sealed class UsageException(string message) : Exception(message);
