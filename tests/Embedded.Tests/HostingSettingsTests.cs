using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests;

public sealed class HostingSettingsTests : IDisposable
{
    private readonly List<string> _files = [];

    public void Dispose() => _files.ForEach(File.Delete);

    [Fact]
    public void Local_settings_are_below_the_environment()
    {
        string file = Write("""
            { "IsEncrypted": false, "Values": { "Hosting__Test": "file", "PREEMPT_HOSTING_TEST": "file", "Flat": "file" } }
            """);
        Environment.SetEnvironmentVariable("PREEMPT_HOSTING_TEST", "environment");
        ConfigurationManager app = new();
        app.AddInMemoryCollection([new("Flat", "app")]).AddEnvironmentVariables();

        HostSettings.AddLocalSettings(file, app);

        Assert.Equal("file", app["Hosting:Test"]);
        Assert.Equal("file", app["Flat"]);
        Assert.Equal("environment", app["PREEMPT_HOSTING_TEST"]);
    }

    [Fact]
    public void Encrypted_local_settings_are_refused()
    {
        string file = Write("""{ "IsEncrypted": true, "Values": { "A": "x" } }""");

        Assert.Throws<InvalidOperationException>(() => HostSettings.AddLocalSettings(file, new ConfigurationManager()));
    }

    [Fact]
    public void The_host_file_is_below_the_app_settings()
    {
        string file = Write("""
            {
              // comments are allowed
              "version": "2.0",
              "extensions": { "http": { "routePrefix": "/from/file/" }, "queues": { "batchSize": 4, "maxDequeueCount": 3 } }
            }
            """);
        ConfigurationManager app = new();
        app.AddInMemoryCollection([new("AzureFunctionsJobHost:extensions:queues:batchSize", "8")]);

        HostSettings settings = HostSettings.Read(file, app);

        Assert.Equal("from/file", settings.RoutePrefix);
        Assert.Equal(("8", "3"), (settings.All["extensions:queues:batchSize"], settings.All["extensions:queues:maxDequeueCount"]));
    }

    [Fact]
    public void The_route_prefix_is_api_unless_set() => Assert.Equal("api", HostSettings.Read(null, new ConfigurationManager()).RoutePrefix);

    [Fact]
    public void A_stopping_host_has_ten_seconds_unless_the_app_says_otherwise()
    {
        EmbeddedAppBuilder changed = TestApp.NewBuilder([]);
        changed.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(3));

        Assert.Equal(TimeSpan.FromSeconds(10), ShutdownTimeoutOf(TestApp.NewBuilder([])));
        Assert.Equal(TimeSpan.FromSeconds(3), ShutdownTimeoutOf(changed));
    }

    [Fact]
    public void The_host_file_says_how_long_a_stop_may_take_and_the_app_above_it()
    {
        string[] host = ["--AzureFunctionsJobHost:shutdownTimeout=00:00:25"];

        Assert.Equal(TimeSpan.FromSeconds(25), ShutdownTimeoutOf(TestApp.NewBuilder([], host)));
        Assert.Equal(TimeSpan.FromSeconds(4), ShutdownTimeoutOf(TestApp.NewBuilder([], [.. host, "--shutdownTimeoutSeconds=4"])));
    }

    [Theory]
    [InlineData("shutdownTimeout", "25", "a time of at least 00:00:01")]
    [InlineData("extensions:durableTask:storageProvider:workItemQueueVisibilityTimeout", "00:00:59", "a time of at least 00:01:00")]
    [InlineData("extensions:durableTask:storageProvider:controlQueueVisibilityTimeout", "soon", "a time of at least 00:01:00")]
    public void A_time_in_the_host_file_that_cannot_be_kept_refuses_the_start(string setting, string value, string expected)
    {
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(
            () => TestApp.NewBuilder([], $"--AzureFunctionsJobHost:{setting}={value}"));

        Assert.StartsWith($"The function app cannot start: host.json, {setting} \"{value}\": {expected}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_assemblies_that_can_define_functions_are_searched()
    {
        Assembly tests = typeof(HostingSettingsTests).Assembly;

        // Preempt has functions, and comes with the test host; Preempt.Testing, Preempt.Embedded and Preempt.Contracts have none.
        Assert.Equal([tests.GetName().Name, "Preempt"], FunctionCatalog.AppAssemblies(tests).Select(assembly => assembly.GetName().Name));
    }

    [Fact]
    public async Task Middleware_is_made_once_with_services_and_can_be_limited()
    {
        EmbeddedAppBuilder builder = TestApp.NewBuilder([typeof(Watched)]);
        builder.UseMiddleware<Counting>();
        builder.UseWhen<Stamping>(context => context.FunctionDefinition.Name == "stamped");
        builder.UseMiddleware((context, next) => context.Items.ContainsKey("stop") ? Task.CompletedTask : next());
        builder.UseWhen(_ => false, (_, _) => throw new InvalidOperationException("not for any"));
        await using TestApp app = await TestApp.StartAsync(builder);

        Assert.Equal("", await app.Http.GetStringAsync("/api/plain"));
        Assert.Equal("stamp", await app.Http.GetStringAsync("/api/stamped"));
        Assert.Equal(2, app.Services.GetRequiredService<Counting>().Count);
    }

    [Fact]
    public void Features_are_kept_by_type()
    {
        InvocationFeatures features = new();
        features.Set("text");
        features.Set(new TaskName("n"));

        Assert.Equal("text", features.Get<string>());
        Assert.Equal(2, features.Count());
        features.Set<string>(null!);
        Assert.Null(features.Get<string>());
    }

    private static TimeSpan ShutdownTimeoutOf(EmbeddedAppBuilder builder)
    {
        using WebApplication app = builder.Build();
        return app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }

    private string Write(string text)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        _files.Add(file);
        File.WriteAllText(file, text);
        return file;
    }

    public class Watched
    {
        [Function("plain")]
        public string Plain([HttpTrigger("get")] HttpRequest request, FunctionContext function) => Stamp(function);

        [Function("stamped")]
        public string Stamped([HttpTrigger("get")] HttpRequest request, FunctionContext function) => Stamp(function);

        private static string Stamp(FunctionContext function) =>
            function.Items.TryGetValue("stamp", out object? stamp) ? (string)stamp : "";
    }

    public sealed class Counting(IHostEnvironment environment) : IFunctionsWorkerMiddleware
    {
        public int Count { get; private set; }

        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            Count += environment is null ? 0 : 1;
            return next(context);
        }
    }

    public sealed class Stamping : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.Items["stamp"] = "stamp";
            return next(context);
        }
    }
}
