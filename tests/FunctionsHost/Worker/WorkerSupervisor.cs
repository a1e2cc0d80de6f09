using Google.Protobuf.WellKnownTypes;
using Preempt.FunctionsHost.Protocol;

namespace Preempt.FunctionsHost.Worker;

/// <summary>Keeps one worker running: sets it up, starts another when it dies, and ends it with the host.</summary>
internal sealed class WorkerSupervisor(FunctionApp app, WorkerServer server, ILoggerFactory loggers) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TerminateGrace = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger<WorkerSupervisor>();
    private readonly ILogger _console = loggers.CreateLogger("Worker.Console");
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource<WorkerConnection> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _supervising = Task.CompletedTask;

    /// <summary>Starts the first worker, and returns the functions that it has.</summary>
    /// <exception cref="InvalidOperationException">It could not be set up.</exception>
    public async Task<IReadOnlyList<WorkerFunction>> StartAsync()
    {
        (WorkerProcess process, WorkerConnection connection, IReadOnlyList<WorkerFunction> functions) = await StartWorkerAsync();
        _ready.SetResult(connection);
        _supervising = SuperviseAsync(process, connection);
        return functions;
    }

    /// <summary>The worker that takes invocations; while there is none, waits for the next.</summary>
    public Task<WorkerConnection> GetAsync(CancellationToken cancellation) => Volatile.Read(ref _ready).Task.WaitAsync(cancellation);

    /// <summary>Tells the worker to end, and kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _supervising;
        _stop.Dispose();
    }

    private async Task SuperviseAsync(WorkerProcess process, WorkerConnection connection)
    {
        while (true)
        {
            using (WorkerProcess current = process)
            {
                await current.Exited.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_stop.IsCancellationRequested)
                {
                    await TerminateAsync(current, connection);
                    return;
                }

                _logger.WorkerDied(current.Id, current.ExitCode);
                Volatile.Write(ref _ready, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            if (await RestartAsync() is not { } next)
                return;
            (process, connection) = next;
            _ready.SetResult(connection);
        }
    }

    /// <summary>Tries until a worker is ready, or the host stops.</summary>
    private async Task<(WorkerProcess Process, WorkerConnection Connection)?> RestartAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                (WorkerProcess process, WorkerConnection connection, _) = await StartWorkerAsync();
                return (process, connection);
            }
            catch (Exception exception) when (exception is InvalidOperationException or WorkerProcessExitException or OperationCanceledException)
            {
                _logger.WorkerNotStarted(exception);
                await Task.Delay(RestartPause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return null;
    }

    private async Task<(WorkerProcess Process, WorkerConnection Connection, IReadOnlyList<WorkerFunction> Functions)> StartWorkerAsync()
    {
        string workerId = Guid.NewGuid().ToString();
        WorkerProcess process = WorkerProcess.Start(app, workerId, server.Address, _console.WorkerPrinted);
        try
        {
            _logger.WorkerStarted(process.Id);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(StartLimit);
            Task<WorkerConnection> connecting = server.WaitForAsync(workerId, limit.Token);
            if (await Task.WhenAny(connecting, process.Exited) != connecting)
                throw new InvalidOperationException($"The worker process {process.Id} did not connect; its own output says why.");
            WorkerConnection connection = await connecting;
            IReadOnlyList<WorkerFunction> functions = await SetUpAsync(connection).WaitAsync(limit.Token);
            _logger.WorkerReady(process.Id, functions.Count);
            return (process, connection, functions);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>What a host asks a new worker, in the order in which the worker expects it.</summary>
    private async Task<IReadOnlyList<WorkerFunction>> SetUpAsync(WorkerConnection worker)
    {
        WorkerInitResponse init = (await worker.AskAsync(new()
        {
            WorkerInitRequest = new() { HostVersion = "4.0.0", WorkerDirectory = app.Folder, FunctionAppDirectory = app.Folder },
        })).WorkerInitResponse;
        Check(init.Result, "did not initialize");
        worker.Capabilities = init.Capabilities;

        FunctionMetadataResponse metadata = (await worker.AskAsync(new()
        {
            FunctionsMetadataRequest = new() { FunctionAppDirectory = app.Folder },
        })).FunctionMetadataResponse;
        Check(metadata.Result, "did not tell its functions");

        List<WorkerFunction> functions = [];
        foreach (RpcFunctionMetadata function in metadata.FunctionMetadataResults)
        {
            functions.Add(WorkerFunction.Read(function));
            function.RawBindings.Clear();
            FunctionLoadResponse load = (await worker.AskAsync(new()
            {
                FunctionLoadRequest = new() { FunctionId = function.FunctionId, Metadata = function },
            })).FunctionLoadResponse;
            Check(load.Result, $"did not load the function {function.Name}");
        }

        return functions;
    }

    private static void Check(StatusResult result, string what)
    {
        if (result.Status != StatusResult.Types.Status.Success)
            throw new InvalidOperationException($"The worker {what}: {result.Exception?.Message ?? result.Result}");
    }

    private static async Task TerminateAsync(WorkerProcess process, WorkerConnection connection)
    {
        connection.Send(new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(TerminateGrace) } });
        await process.Exited.WaitAsync(TerminateGrace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
