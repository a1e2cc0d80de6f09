using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Preempt.Cli.Output;
using Preempt.Cli.Settings;
using Preempt.Client;

namespace Preempt.Cli.Commands;

/// <summary>Completes and mends the names of workflows, with those that the app has.</summary>
internal static class WorkflowNames
{
    /// <summary>A person waits for a completion: one that does not come soon is none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static IEnumerable<CompletionItem> Complete(CompletionContext context)
    {
        try
        {
            AppAddress address = AppAddress.Find(
                context.ParseResult.GetValue(CommonOptions.BaseUrl), context.ParseResult.GetValue(CommonOptions.ApiKey), _ => { });
            address.Options.Timeout = Patience;
            address.Options.MaxRetries = 0;
            using HttpClient http = new(PreemptHttpClient.CreateHandler(address.Options));
            PreemptHttpClient client = new(http, address.Options);
            return [.. client.ListWorkflowsAsync().GetAwaiter().GetResult().Select(workflow => new CompletionItem(workflow.Name))];
        }
        catch (Exception exception) when (exception is SettingsException or RunException or HttpRequestException or TimeoutException)
        {
            return [];
        }
    }

    /// <summary>Which workflow may be meant by a name that the app does not have; empty when none is near, or none was given.</summary>
    public static async Task<string> SuggestAsync(CliCall call)
    {
        if (Typed(call.Arguments.CommandResult) is not { } typed)
            return "";
        try
        {
            string[] known = [.. (await call.Client.ListWorkflowsAsync(call.CancellationToken)).Select(workflow => workflow.Name)];
            return known.Contains(typed) ? "" : Suggestion.For(typed, known);
        }
        catch (Exception exception) when (exception is RunException or HttpRequestException or TimeoutException)
        {
            // The command has failed, or has found nothing, for a reason of its own.
            return "";
        }
    }

    /// <summary>Nothing was found: says so where the app has no workflow of the name that was typed, and which may be meant.</summary>
    public static async Task NoteMistakeAsync(CliCall call)
    {
        if (await SuggestAsync(call) is { Length: > 0 } suggestion)
            call.Screen.Note($"The app has no such workflow. {suggestion}");
    }

    /// <summary>The name of a workflow on the command line, as an argument or an option.</summary>
    private static string? Typed(CommandResult command) => command.Children
        .Where(part => part is ArgumentResult { Argument.Name: "workflow" } or OptionResult { Option.Name: "--workflow" })
        .SelectMany(part => part.Tokens)
        .FirstOrDefault()?.Value;
}
