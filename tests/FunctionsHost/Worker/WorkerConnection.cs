using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Preempt.FunctionsHost.Protocol;
using RpcException = Grpc.Core.RpcException;

namespace Preempt.FunctionsHost.Worker;

/// <summary>
/// The stream between the host and one worker. The host asks, and the worker answers with the id of the question, in any order; what
/// it has not answered when the stream ends, it never will.
/// </summary>
internal sealed class WorkerConnection(string workerId, ILoggerFactory loggers)
{
    /// <summary>A gRPC stream takes one message at a time, so everything that is written goes through here.</summary>
    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _unanswered = new();
    private volatile bool _ended;

    /// <summary>What the worker said about itself when it was set up.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; set; } = new Dictionary<string, string>();

    /// <summary>Where the worker's own web server listens.</summary>
    /// <exception cref="NotSupportedException">It has none.</exception>
    public Uri HttpAddress => Capabilities.TryGetValue("HttpUri", out string? address)
        ? new Uri(address)
        : throw new NotSupportedException("The worker has no web server: this host serves HTTP functions with ASP.NET Core integration only.");

    /// <summary>Sends a message and waits for its answer.</summary>
    /// <exception cref="WorkerProcessExitException">The worker died before it answered.</exception>
    public async Task<StreamingMessage> AskAsync(StreamingMessage question)
    {
        question.RequestId = question.RequestId is { Length: > 0 } id ? id : Guid.NewGuid().ToString();
        TaskCompletionSource<StreamingMessage> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _unanswered[question.RequestId] = answer;
        Send(question);
        if (_ended)
            Fail(answer);
        try
        {
            return await answer.Task;
        }
        finally
        {
            _unanswered.TryRemove(question.RequestId, out _);
        }
    }

    /// <summary>Has the worker run a function.</summary>
    /// <param name="stop">When it fires, the worker is told to cancel the invocation; it answers all the same.</param>
    /// <exception cref="WorkerProcessExitException">The worker died before it answered.</exception>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken stop)
    {
        Task<StreamingMessage> answer = AskAsync(new() { RequestId = request.InvocationId, InvocationRequest = request });
        await using CancellationTokenRegistration cancel =
            stop.Register(() => Send(new() { InvocationCancel = new() { InvocationId = request.InvocationId } }));
        return (await answer).InvocationResponse;
    }

    /// <summary>Sends a message that has no answer. It is lost when the worker has died.</summary>
    public void Send(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>Carries messages both ways until the worker is gone.</summary>
    public async Task RunAsync(IAsyncStreamReader<StreamingMessage> incoming, IServerStreamWriter<StreamingMessage> outgoing)
    {
        Task writing = WriteAsync(outgoing);
        try
        {
            await foreach (StreamingMessage message in incoming.ReadAllAsync())
                Receive(message);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException or RpcException)
        {
            // So ends the stream of a process that was killed.
        }
        finally
        {
            _ended = true;
            _outgoing.Writer.Complete();
            foreach (TaskCompletionSource<StreamingMessage> answer in _unanswered.Values)
                Fail(answer);
        }

        await writing;
    }

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> outgoing)
    {
        await foreach (StreamingMessage message in _outgoing.Reader.ReadAllAsync())
        {
            if (_ended)
                continue;
            try
            {
                await outgoing.WriteAsync(message);
            }
            catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
            {
                // The reader finds the same end, and fails what waits for an answer.
            }
        }
    }

    private void Receive(StreamingMessage message)
    {
        if (message.ContentCase == StreamingMessage.ContentOneofCase.RpcLog)
            Log(message.RpcLog);
        else if (_unanswered.TryGetValue(message.RequestId, out TaskCompletionSource<StreamingMessage>? answer))
            answer.TrySetResult(message);
    }

    private void Log(RpcLog entry)
    {
        string failure = entry.Exception is { Message.Length: > 0 } exception ? $"\n{exception.Message}\n{exception.StackTrace}" : "";
        loggers.CreateLogger(entry.Category).WorkerSaid((LogLevel)entry.Level, entry.Message, failure);
    }

    private void Fail(TaskCompletionSource<StreamingMessage> answer) =>
        answer.TrySetException(new WorkerProcessExitException($"The worker {workerId} ended before it answered."));
}
