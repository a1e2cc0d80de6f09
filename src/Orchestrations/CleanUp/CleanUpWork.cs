using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt;

/// <summary>Removes leftovers: kind by kind, page by page, each on the <see cref="ControlPlane"/>. May be done twice.</summary>
internal static class CleanUpWork
{
    /// <summary>To remove an instance takes some ten requests, and an entity's operation must end within a minute.</summary>
    private const int PageSize = 50;

    /// <summary>Pages of one generation: a history must not grow without end.</summary>
    private const int PagesAGeneration = 50;

    /// <summary>The orchestration <see cref="PreemptFunctions.CleanUp"/>.</summary>
    public static async Task RunAsync(TaskOrchestrationContext context)
    {
        CleanUpPage? next = context.GetInput<CleanUpPage>()!;
        for (int page = 0; page < PagesAGeneration && next is not null; page++)
        {
            CleanUpResult result = await context.CallEntityAsync<CleanUpResult>(
                ControlPlane.BulkOf(context.InstanceId), nameof(ControlPlane.CleanUp), next);
            next = result.Cursor is { } cursor ? next with { Cursor = cursor }
                : next.Kind < LeftoverKind.Runs ? new CleanUpPage(next.Kind + 1)
                : null;
        }

        if (next is not null)
            context.ContinueAsNew(next);
    }

    /// <summary>Removes one page.</summary>
    public static async Task<CleanUpResult> DoAsync(CleanUpPage page, RunClients app, DurableTaskClient client, CancellationToken cancellationToken)
    {
        LeftoverRule rule = CleanUpRules.Of(page.Kind, app.Options);
        if (rule.Retention.IsNever)
            return new CleanUpResult(null);
        AppState mode = page.Kind == LeftoverKind.ModeChanges ? await app.Mode.ReadAsync(client, cancellationToken) : new AppState();
        IAsyncEnumerable<Page<OrchestrationMetadata>> pages = EnginePages.ReadAsync(
            (start, size) => client.GetAllInstancesAsync(new OrchestrationQuery
            {
                InstanceIdPrefix = rule.Prefix,
                Statuses = [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated],
                CreatedTo = app.Time.GetUtcNow() - rule.Retention.Value,
                PageSize = size,
                FetchInputsAndOutputs = page.Kind == LeftoverKind.Runs,
            }).AsPages(start, size),
            page.Cursor,
            PageSize,
            cancellationToken);
        await foreach (Page<OrchestrationMetadata> found in pages)
        {
            foreach (OrchestrationMetadata instance in found.Values.Where(instance => CleanUpRules.MayGo(page.Kind, rule, instance, mode)))
            {
                if (page.Kind == LeftoverKind.Runs)
                    await RunDeletion.RemoveAsync(client, instance, cancellationToken);
                else
                    await client.PurgeInstanceAsync(instance.InstanceId, cancellation: cancellationToken);
            }

            return new CleanUpResult(found.ContinuationToken);
        }

        return new CleanUpResult(null);
    }
}
