using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Hosting.Management;
using Preempt.Embedded.Hosting.Triggers;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Hosting;

/// <summary>Makes a function app out of an ASP.NET Core app.</summary>
internal static class EmbeddedApp
{
    /// <summary>The time to stop of a host that says nothing else: that of the real one.</summary>
    private static readonly TimeSpan DefaultShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The types that may define functions: those of the app's assemblies.</summary>
    public static IEnumerable<Type> EntryTypes() => Assembly.GetEntryAssembly() is { } entry
        ? FunctionCatalog.AppAssemblies(entry).SelectMany(assembly => assembly.GetTypes())
        : throw new InvalidOperationException("The process has no entry assembly to look for functions in.");

    /// <summary>A builder with the host's defaults, which the app's own settings override.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        WebApplicationBuilder web = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        HostSettings.AddLocalSettings(HostSettings.Find("local.settings.json"), web.Configuration);
        TimeSpan shutdown = HostSettings.Read(HostSettings.Find("host.json"), web.Configuration).ShutdownTimeout ?? DefaultShutdownTimeout;
        MemoryConfigurationSource defaults = new()
        {
            InitialData =
            [
                new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
                new(WebHostDefaults.ShutdownTimeoutKey, Math.Ceiling(shutdown.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            ],
        };
        ((IConfigurationBuilder)web.Configuration).Sources.Insert(0, defaults);
        return web;
    }

    /// <summary>Builds the app with its functions.</summary>
    /// <exception cref="InvalidOperationException">A function cannot be run.</exception>
    public static WebApplication Build(WebApplicationBuilder web, IEnumerable<Type> types, FunctionMiddleware middleware)
    {
        IReadOnlyList<FunctionDescriptor> functions = FunctionCatalog.Discover(types);
        HostSettings settings = HostSettings.Read(HostSettings.Find("host.json"), web.Configuration);
        if (ListenAddresses.Of(web.Configuration).Count == 0) web.WebHost.UseUrls(ListenAddresses.Default);
        AccessKeys keys = AccessKeys.Read(web.Configuration);
        // ASP.NET Core filters by the setting; where there is none, it would let all names in.
        if (keys.AreNone && string.IsNullOrEmpty(web.Configuration["AllowedHosts"]))
            web.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ListenAddresses.LocalNames(web.Configuration));
        AddServices(web.Services, functions, middleware, settings);
        TriggerServices.Add(web.Services, functions, settings, web.Configuration);

        WebApplication app = web.Build();
        HttpFunctions.Map(
            app,
            settings.RoutePrefix,
            functions,
            keys,
            app.Services.GetRequiredService<FunctionRuntime>(),
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Function"));
        HomePage.Map(app, settings.RoutePrefix, functions);
        ManagementApi.Map(app, keys);
        return app;
    }

    private static void AddServices(
        IServiceCollection services, IReadOnlyList<FunctionDescriptor> functions, FunctionMiddleware middleware, HostSettings settings)
    {
        services.AddMvcCore();
        services.AddSingleton(middleware);
        services.AddSingleton(settings);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => StoreSetting.Open(provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton(static provider => new EngineOptions
        {
            Store = provider.GetRequiredService<IStore>(),
            Json = WorkerJson.Of(provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer),
        });
        services.AddSingleton(static provider => new FunctionRuntime(provider, provider.GetRequiredService<DurableEngine>));
        services.AddSingleton(provider => new DurableEngine(
            provider.GetRequiredService<EngineOptions>(),
            FunctionTableFactory.Create(functions, provider.GetRequiredService<FunctionRuntime>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService<EngineService>();
    }
}
