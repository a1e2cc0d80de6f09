using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests;

public class HostingDurableTests
{
    [Fact]
    public async Task An_http_function_runs_an_orchestration_with_activities_and_an_entity()
    {
        var builder = TestApp.NewBuilder([typeof(Shop)]);
        builder.Services.AddScoped<Till>();
        await using TestApp app = await TestApp.StartAsync(builder);

        string answer = await app.Http.GetStringAsync("/api/sell/3");

        Assert.Equal("sold 3 for 30; the counter says 3", answer);
    }

    private static FunctionTable NewTable(IServiceProvider services) => FunctionTableFactory.Create(
        FunctionCatalog.Discover([typeof(Shop)]),
        new FunctionRuntime(services, () => new DurableEngine(new EngineOptions(), new FunctionTable(), TimeProvider.System, NullLoggerFactory.Instance)));

    [Fact]
    public async Task A_function_table_needs_no_host()
    {
        using ServiceProvider services = new ServiceCollection().AddScoped<Till>().BuildServiceProvider();
        FunctionTable table = NewTable(services);
        using CancellationTokenSource stopping = new();

        object? price = await table.Activities["PRICE"](new("price", "i", """{"Count":2,"Kind":"tea"}""", stopping.Token));
        object? context = await table.Activities["WhoAmI"](new("WhoAmI", "instance", null, stopping.Token));
        object? nothing = await table.Activities["Default"](new("Default", "i", null, stopping.Token));

        Assert.Equal(20, price);
        Assert.Equal("WhoAmI of instance: True", context);
        Assert.Equal(0, nothing);
        Assert.Equal(["Sell", "SellTyped"], table.Orchestrators.Keys.Order());
        Assert.Equal("counter", Assert.Single(table.Entities.Keys), ignoreCase: true);
    }

    [Fact]
    public async Task What_an_activity_throws_reaches_the_engine_as_it_is()
    {
        using ServiceProvider services = new ServiceCollection().AddScoped<Till>().BuildServiceProvider();
        FunctionTable table = NewTable(services);

        await Assert.ThrowsAsync<NotSupportedException>(
            () => table.Activities["Throws"](new("Throws", "i", null, CancellationToken.None)));
    }

    [Fact]
    public async Task Services_of_an_invocation_are_released_with_it()
    {
        using ServiceProvider services = new ServiceCollection().AddScoped<Till>().BuildServiceProvider();
        FunctionTable table = NewTable(services);

        Till till = (Till)(await table.Activities["Mine"](new("Mine", "i", null, CancellationToken.None)))!;

        Assert.True(till.IsClosed);
    }

    [Fact]
    public async Task An_orchestrator_can_take_its_input_as_a_parameter()
    {
        var builder = TestApp.NewBuilder([typeof(Shop)]);
        builder.Services.AddScoped<Till>();
        await using TestApp app = await TestApp.StartAsync(builder);

        string id = await app.Durable.ScheduleNewOrchestrationInstanceAsync("SellTyped", new Order(4, "tea"));
        OrchestrationMetadata ended = await app.Durable.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);

        Assert.Equal("4 tea", ended.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_stopping_host_tells_activities_at_once()
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Slow));
        await app.Durable.ScheduleNewOrchestrationInstanceAsync("SlowRun");
        Assert.True(await Slow.Entered.WaitAsync(TestApp.Patience));

        app.SignalStop();

        Assert.True(await Slow.Left.WaitAsync(TestApp.Patience));
        await app.StopAsync();
    }

    [Fact]
    public async Task Middleware_wraps_every_invocation_in_order()
    {
        var builder = TestApp.NewBuilder([typeof(Seen)]);
        List<string> log = [];
        builder.Use(next => async context =>
        {
            log.Add($"outer {context.FunctionDefinition.Name}");
            context.Items["note"] = "from outside";
            await next(context);
            log.Add("outer ends");
        });
        builder.Use(next => context =>
        {
            log.Add("inner");
            return next(context);
        });
        await using TestApp app = await TestApp.StartAsync(builder);

        Assert.Equal("from outside", await app.Http.GetStringAsync("/api/seen"));
        Assert.Equal(["outer seen", "inner", "outer ends"], log);
    }

    public sealed record Order(int Count, string Kind);

    public sealed class Till : IDisposable
    {
        public int Price => 10;

        public bool IsClosed { get; private set; }

        public void Dispose() => IsClosed = true;
    }

    public class Counter(Till till) : TaskEntity<int>
    {
        public int Add(int amount) => State += amount * till.Price / 10;
    }

    public class Shop(Till till)
    {
        [Function("SellHttp")]
        public async Task<string> SellHttp(
            [HttpTrigger("get", Route = "sell/{count}")] HttpRequest request,
            int count,
            [DurableClient] DurableTaskClient client,
            CancellationToken cancellation)
        {
            string id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Sell), count, cancellation);
            OrchestrationMetadata ended = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, cancellation);
            return ended.ReadOutputAs<string>() ?? $"{request.Path}: {ended.FailureDetails}";
        }

        [Function(nameof(Sell))]
        public static async Task<string> Sell([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            int count = context.GetInput<int>();
            int price = await context.CallActivityAsync<int>("price", new Order(count, "tea"));
            int sold = await context.Entities.CallEntityAsync<int>(new EntityInstanceId("counter", "tea"), "add", count);
            return $"sold {count} for {price}; the counter says {sold}";
        }

        [Function(nameof(SellTyped))]
        public string SellTyped([OrchestrationTrigger] TaskOrchestrationContext context, Order order) => $"{order.Count} {order.Kind}";

        [Function("Price")]
        public int Price([ActivityTrigger] Order order) => order.Count * till.Price;

        [Function("Counter")]
        public Task Count([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Counter>();

        [Function("WhoAmI")]
        public static async Task<string> WhoAmI([ActivityTrigger] TaskActivityContext activity, FunctionContext function, CancellationToken token)
        {
            await Task.Yield();
            return $"{activity.Name} of {activity.InstanceId}: {token.CanBeCanceled && function.CancellationToken == token}";
        }

        [Function("Default")]
        public static int Default([ActivityTrigger] int input) => input;

        [Function("Mine")]
        public Till Mine([ActivityTrigger] string? input) => till;

        [Function("Throws")]
        public void Throws([ActivityTrigger] string? input) => throw new NotSupportedException(input);
    }

    public class Slow
    {
        internal static SemaphoreSlim Entered { get; } = new(0);

        internal static SemaphoreSlim Left { get; } = new(0);

        [Function("SlowRun")]
        public Task Run([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync("SlowStep");

        [Function("SlowStep")]
        public async Task Step([ActivityTrigger] string? input, FunctionContext function)
        {
            Entered.Release();
            try
            {
                await Task.Delay(Timeout.Infinite, function.CancellationToken);
            }
            finally
            {
                Left.Release();
            }
        }
    }

    public class Seen
    {
        [Function("seen")]
        public string Run([HttpTrigger("get")] HttpRequest request, FunctionContext function) => (string)function.Items["note"];
    }
}
