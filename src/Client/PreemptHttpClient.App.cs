using System.Collections.Immutable;

namespace Preempt.Client;

// What the app can run, and how it is.
public sealed partial class PreemptHttpClient
{
    /// <summary>Reads the app's workflows.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The workflows.</returns>
    public async Task<ImmutableArray<WorkflowDefinition>> ListWorkflowsAsync(CancellationToken cancellationToken = default) =>
        (await _calls.GetAsync<Page<WorkflowDefinition>>("workflows", cancellationToken)).Items;

    /// <summary>Reads the gate of one key of a workflow.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="key">The concurrency key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The gate; one that no run has entered is empty.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule.</exception>
    public Task<Gate> GetGateAsync(string workflow, string key, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Gate>(new ApiPath("gates").With("workflow", workflow).With("key", key).ToString(), cancellationToken);

    /// <summary>Reads the gate of one key of a rule.</summary>
    /// <param name="rule">The rule: the name of one that workflows share, or any of a workflow, such as <c>chat-reply:1</c>, as in <see cref="LimitRequest.Rule"/>.</param>
    /// <param name="key">The concurrency key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The gate; one that no run has entered is empty.</returns>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    public Task<Gate> GetGateOfRuleAsync(string rule, string key, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Gate>(new ApiPath("gates").With("rule", rule).With("key", key).ToString(), cancellationToken);

    /// <summary>Reads a page of the gates of a rule.</summary>
    /// <param name="rule">The rule: the name of one that workflows share, or any of a workflow, such as <c>chat-reply:1</c>, as in <see cref="LimitRequest.Rule"/>.</param>
    /// <param name="limit">How many at most, 1 to 200; the app has a default.</param>
    /// <param name="cursor">The cursor of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page.</returns>
    /// <exception cref="UnknownRuleException">There is no such rule.</exception>
    /// <exception cref="InvalidRunException">The limit or the cursor is not allowed.</exception>
    public Task<Page<Gate>> ListGatesOfRuleAsync(
        string rule, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Page<Gate>>(
            new ApiPath("gates").With("rule", rule).With("limit", limit).With("cursor", cursor).ToString(),
            cancellationToken);

    /// <summary>Reads a page of the gates of a workflow's first rule, of its runs or else of its steps.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="limit">How many at most, 1 to 200; the app has a default.</param>
    /// <param name="cursor">The cursor of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The workflow has no concurrency rule, or the limit or the cursor is not allowed.</exception>
    public Task<Page<Gate>> ListGatesAsync(
        string workflow, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Page<Gate>>(
            new ApiPath("gates").With("workflow", workflow).With("limit", limit).With("cursor", cursor).ToString(),
            cancellationToken);

    /// <summary>Reads the runs of a workflow over a time, in short form, and the waiting runs at its gates.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="since">The beginning of the time.</param>
    /// <param name="until">Its end; null for now.</param>
    /// <param name="key">A concurrency key; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The runs that lived in that time.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">A condition is not allowed.</exception>
    public Task<Lanes> GetLanesAsync(
        string workflow, DateTimeOffset since, DateTimeOffset? until = null, string? key = null, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Lanes>(
            new ApiPath("lanes").With("workflow", workflow).With("key", key).With("since", since).With("until", until).ToString(), cancellationToken);

    /// <summary>Counts runs, and measures how long they waited and took to stop.</summary>
    /// <param name="filter">The filter; null for all runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The numbers.</returns>
    /// <exception cref="InvalidRunException">A condition is not allowed.</exception>
    public Task<RunStatistics> GetStatisticsAsync(RunFilter? filter = null, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<RunStatistics>(FilterQuery.Add(new ApiPath("statistics"), filter ?? new RunFilter()).ToString(), cancellationToken);

    /// <summary>
    /// Makes the app admit no more runs until it is resumed, also across restarts. A second drain stops the running runs. Needs the
    /// admin key.
    /// </summary>
    /// <param name="immediate">Whether running runs are asked to stop, with the reason <see cref="StopReason.Shutdown"/>.</param>
    /// <param name="refuse">Whether starts are refused while the app drains; otherwise they are accepted and wait.</param>
    /// <param name="idempotencyKey">1 to 255 printable ASCII characters; a repeated call with the same key is not a second drain.</param>
    /// <param name="cancellationToken">Cancels the call; the app may drain anyway.</param>
    /// <returns>The app's new mode.</returns>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public async Task<AppStatus> DrainAsync(
        bool immediate = false, bool refuse = false, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _calls.PostOnceAsync<AppStatus>(
            new ApiPath("system/drain").With("mode", immediate ? "immediate" : null).With("refuse", refuse ? "true" : null).ToString(),
            new Nothing(),
            KeyOrNew(idempotencyKey),
            cancellationToken)).Value;

    /// <summary>Makes an app that drains admit runs again. Needs the admin key.</summary>
    /// <param name="cancellationToken">Cancels the call; the app may have resumed anyway.</param>
    /// <returns>The app's new mode.</returns>
    public Task<AppStatus> ResumeAsync(CancellationToken cancellationToken = default) =>
        _calls.PostAsync<AppStatus>("system/resume", new Nothing(), cancellationToken);

    /// <summary>Reads the app's mode: whether it drains, and how many runs are left.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The app's mode.</returns>
    public Task<AppStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        _calls.GetAsync<AppStatus>("system/status", cancellationToken);

    /// <summary>Checks whether the app responds. Needs no key.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its health.</returns>
    public Task<Health> GetHealthAsync(CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Health>("health", cancellationToken);

    /// <summary>A body that says nothing.</summary>
    private sealed record Nothing;
}
