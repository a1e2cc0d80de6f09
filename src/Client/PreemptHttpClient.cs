using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Preempt.Client;

/// <summary>
/// Starts, watches and stops the runs of a Preempt app, from code outside of it. Thread-safe. Besides the exceptions
/// of each call: <see cref="HttpRequestException"/> if the app cannot be reached, <see cref="TimeoutException"/> if it does
/// not respond in time, <see cref="AccessDeniedException"/>, <see cref="AppUnavailableException"/>, and
/// <see cref="UnexpectedAnswerException"/> if the response is not from a Preempt app.
/// </summary>
/// <remarks>
/// Get it from <see cref="PreemptClientServices.AddPreemptClient"/>; without a service provider, from an <see cref="HttpClient"/> on
/// <see cref="CreateHandler"/>; one per process is enough.
/// </remarks>
public sealed partial class PreemptHttpClient
{
    /// <summary>The longest that one call waits for a run: what stands between may give up on longer ones.</summary>
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(30);

    /// <summary>From one question to the next, should an app not wait although it was asked to.</summary>
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(250);

    /// <summary>How inputs, payloads and outputs are written: camelCase, enums by name.</summary>
    internal static readonly JsonSerializerOptions PayloadOptions = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly ApiCalls _calls;
    private readonly TimeProvider _time;

    /// <summary>Makes a client.</summary>
    /// <param name="http">The HTTP client that sends the calls. Its own timeout also limits how long each may take.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <exception cref="ArgumentException">An option is not valid; the message says which one.</exception>
    public PreemptHttpClient(HttpClient http, PreemptClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindError() is { } error)
            throw new ArgumentException(error, nameof(options));
        _calls = new ApiCalls(http, options);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Creates the handler that an <see cref="HttpClient"/> needs to retry safe calls, and to send the key to no other host.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The handler. Set the timeout of its client to infinite: each attempt has a limit of its own.</returns>
    public static HttpMessageHandler CreateHandler(PreemptClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Retrying.CreateHandler(options, PreemptClientServices.CreateConnections());
    }

    /// <summary>Starts a run. When the task completes the run is accepted, and will end. Not retried if the response is lost.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="input">The run's input; written as JSON, in camelCase and with enums by name.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call; the run may have been accepted anyway.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The input or an option is not allowed.</exception>
    /// <exception cref="RunConflictException">A run of the given id exists.</exception>
    public Task<Run> StartAsync(
        string workflow, object? input, StartOptions? options = null, CancellationToken cancellationToken = default) =>
        _calls.PostAsync<Run>(RunsOf(workflow), ToRequest(input, options), cancellationToken);

    /// <summary>Starts a run, unless one was started with the same idempotency key of the same workflow before.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="input">The run's input; written as JSON, in camelCase and with enums by name.</param>
    /// <param name="idempotencyKey">The key: 1 to 255 printable ASCII characters.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call; the run may have been accepted anyway.</param>
    /// <returns>The run, and whether it was started now.</returns>
    /// <exception cref="UnknownWorkflowException">There is no such workflow.</exception>
    /// <exception cref="InvalidRunException">The key, the input or an option is not allowed.</exception>
    /// <exception cref="RunConflictException">A run of the given id exists, and was not started with this key.</exception>
    public Task<(Run Run, bool IsNew)> StartOnceAsync(
        string workflow, object? input, string idempotencyKey, StartOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(idempotencyKey);
        return _calls.PostOnceAsync<Run>(
            RunsOf(workflow), ToRequest(input, options), CheckIdempotencyKey(idempotencyKey), cancellationToken);
    }

    /// <summary>Reads a run.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public Task<Run> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Run>(OfRun(id), cancellationToken);

    /// <summary>Waits until a run has ended, or until the wait is over.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="wait">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> until it has ended.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The run, ended or not.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    public async Task<Run> WaitAsync(string id, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            long asked = _time.GetTimestamp();
            TimeSpan left = wait == Timeout.InfiniteTimeSpan ? LongestPoll : wait - _time.GetElapsedTime(start);
            Run run = await PollAsync(id, TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, LongestPoll.Ticks)), cancellationToken);
            if (run.Status.IsTerminal() || (wait != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(start) >= wait))
                return run;
            if (_time.GetElapsedTime(asked) < ShortestPoll)
                await Task.Delay(ShortestPoll, _time, cancellationToken);
        }
    }

    private Task<Run> PollAsync(string id, TimeSpan wait, CancellationToken cancellationToken)
    {
        ApiPath path = new ApiPath(OfRun(id)).With("wait", Duration.FromTimeSpan(wait).ToString());
        return _calls.GetAsync<Run>(path.ToString(), cancellationToken, wait);
    }

    /// <summary>Lists runs, the newest first. Pages are read as needed.</summary>
    /// <param name="filter">The filter; all runs by default.</param>
    /// <param name="cancellationToken">Cancels the list.</param>
    /// <returns>The runs.</returns>
    /// <exception cref="InvalidRunException">The filter is not allowed.</exception>
    public async IAsyncEnumerable<Run> ListAsync(
        RunFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            Page<Run> page = await ListPageAsync(filter, limit: null, cursor, cancellationToken);
            foreach (Run run in page.Items)
                yield return run;
            cursor = page.Cursor == cursor ? null : page.Cursor;
        }
        while (cursor is not null);
    }

    /// <summary>Reads a page of runs, the newest first.</summary>
    /// <param name="filter">The filter; all runs by default.</param>
    /// <param name="limit">How many at most, 1 to 200; the app has a default.</param>
    /// <param name="cursor">The cursor of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InvalidRunException">The filter, the limit or the cursor is not allowed.</exception>
    public Task<Page<Run>> ListPageAsync(
        RunFilter? filter = null, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<Page<Run>>(
            FilterQuery.Add(new ApiPath("runs"), filter ?? new RunFilter()).With("limit", limit).With("cursor", cursor).ToString(),
            cancellationToken);

    /// <summary>
    /// Asks a run to stop. When the task completes the request will reach the run, and none of its unshielded steps begins any
    /// more; it ends when its code does, at the latest when its grace is over.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="options">The options.</param>
    /// <param name="cancellationToken">Cancels the call; the request may have been made anyway.</param>
    /// <returns>The run as it is after the request.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="InvalidRunException">An option is not allowed.</exception>
    /// <exception cref="RunConflictException">The run has ended; or its code runs, and only a queued run was to be cancelled.</exception>
    public Task<Run> CancelAsync(string id, CancelOptions? options = null, CancellationToken cancellationToken = default) =>
        _calls.PostAsync<Run>(OfRun(id) + "/cancel", options ?? new CancelOptions(), cancellationToken);

    /// <summary>Removes a run that has ended, and its history.</summary>
    /// <param name="id">The run's id.</param>
    /// <param name="cancellationToken">Cancels the call; the run may have been removed anyway.</param>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="RunConflictException">The run has not ended.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _calls.DeleteAsync(OfRun(id), cancellationToken);

    /// <summary>
    /// Gives a run more time: it is added to what is left of the execution timeout. When the task completes the run has it. Retried if
    /// the response is lost, and takes effect once.
    /// </summary>
    /// <param name="id">The run's id.</param>
    /// <param name="by">How much; <see cref="Duration.Never"/> removes the timeout.</param>
    /// <param name="idempotencyKey">1 to 255 printable ASCII characters; a repeated call with the same key is not a second extension.</param>
    /// <param name="cancellationToken">Cancels the call; the time may have been added anyway.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UnknownRunException">There is no such run.</exception>
    /// <exception cref="RunConflictException">The run has ended, or stops already.</exception>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public async Task<Run> ExtendAsync(string id, Duration by, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _calls.PostOnceAsync<Run>(
            OfRun(id) + "/extend", new ExtendRequest { By = by }, KeyOrNew(idempotencyKey), cancellationToken)).Value;

    /// <summary>The caller's name for a request, or a new one: tried again, it is the same request.</summary>
    private static string KeyOrNew(string? idempotencyKey) => CheckIdempotencyKey(idempotencyKey) ?? $"{Guid.NewGuid():N}";

    private static string OfRun(string id) => $"runs/{ApiPath.Segment(id, "run id")}";

    private static string RunsOf(string workflow) => $"workflows/{ApiPath.Segment(workflow, "workflow")}/runs";

    private static JsonElement? ToJson(object? value) => value switch
    {
        null => null,
        JsonElement element => element,
        _ => JsonSerializer.SerializeToElement(value, PayloadOptions),
    };

    private static StartRequest ToRequest(object? input, StartOptions? options) =>
        new(options ?? new StartOptions()) { Input = ToJson(input) };
}
