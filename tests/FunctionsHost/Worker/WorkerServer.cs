using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Preempt.FunctionsHost.Protocol;
using RpcException = Grpc.Core.RpcException;

namespace Preempt.FunctionsHost.Worker;

/// <summary>Where workers connect: gRPC over HTTP/2 without TLS, on loopback.</summary>
internal sealed class WorkerServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Service _service;

    private WorkerServer(ILoggerFactory loggers)
    {
        _service = new(loggers);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port: 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(_service).AddGrpc(grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (null, null));
        _server = builder.Build();
        _server.UseRouting();
        _server.MapGrpcService<Service>();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_server.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<WorkerServer> StartAsync(ILoggerFactory loggers)
    {
        WorkerServer server = new(loggers);
        await server._server.StartAsync();
        return server;
    }

    /// <summary>Waits until the worker of that id has opened its stream.</summary>
    public Task<WorkerConnection> WaitForAsync(string workerId, CancellationToken cancellation) =>
        _service.Expected(workerId).Task.WaitAsync(cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Service(ILoggerFactory loggers) : FunctionRpc.FunctionRpcBase
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource<WorkerConnection>> _expected = new();

        public TaskCompletionSource<WorkerConnection> Expected(string workerId) =>
            _expected.GetOrAdd(workerId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

        public override async Task EventStream(
            IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
        {
            if (!await requestStream.MoveNext() || requestStream.Current.StartStream is not { WorkerId: { } workerId })
                throw new RpcException(new Status(StatusCode.InvalidArgument, "A worker's first message must be StartStream."));
            WorkerConnection connection = new(workerId, loggers);
            Expected(workerId).TrySetResult(connection);
            await connection.RunAsync(requestStream, responseStream);
            _expected.TryRemove(workerId, out _);
        }
    }
}
