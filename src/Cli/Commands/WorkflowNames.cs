using System.CommandLine.Completions;
using Preempt.Cli.Settings;
using Preempt.Client;

namespace Preempt.Cli.Commands;

/// <summary>Completes the names of workflows, with those that the app has.</summary>
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
}
