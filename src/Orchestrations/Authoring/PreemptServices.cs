using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Preempt;

/// <summary>Adds Preempt to a function app.</summary>
public static class PreemptServices
{
    /// <summary>Adds Preempt, with the workflows and steps of the app's own assembly (the entry assembly of the process).</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configuration">The app's configuration; its section <c>Preempt</c> is read into <see cref="PreemptOptions"/>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="FormatException">A setting cannot be read.</exception>
    /// <exception cref="InvalidOperationException">Workflows or steps have mistakes; the message has all of them.</exception>
    public static IServiceCollection AddPreempt(this IServiceCollection services, IConfiguration configuration) =>
        services.AddPreempt(configuration, preempt => preempt.AddWorkflowsFrom(FindApp(configuration)));

    /// <summary>The app's assembly: that of the process, or the one that a host in a test names as the application.</summary>
    private static Assembly FindApp(IConfiguration configuration)
    {
        Assembly? named = configuration["applicationName"] is { Length: > 0 } name
            ? Array.Find(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.EntryPoint is not null && assembly.GetName().Name == name)
            : null;
        return named
            ?? Assembly.GetEntryAssembly()
            ?? throw new InvalidOperationException("The process has no assembly of its own to find workflows in: name it with AddWorkflowsFrom.");
    }

    /// <summary>Adds Preempt, with the workflows and steps that <paramref name="configure"/> adds, and no others.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configuration">The app's configuration; its section <c>Preempt</c> is read into <see cref="PreemptOptions"/>.</param>
    /// <param name="configure">Adds the workflows and steps.</param>
    /// <returns>The services.</returns>
    /// <exception cref="FormatException">A setting cannot be read.</exception>
    /// <exception cref="InvalidOperationException">
    /// Workflows or steps have mistakes; the message has all of them. A missing service of a step is found when the host starts.
    /// </exception>
    public static IServiceCollection AddPreempt(
        this IServiceCollection services, IConfiguration configuration, Action<PreemptBuilder> configure)
    {
        if (services.Any(service => service.ServiceType == typeof(PreemptOptions)))
            throw new InvalidOperationException("Preempt cannot start: AddPreempt is called twice; call it once, and add all workflows there.");
        PreemptOptions options = ReadOptions(configuration.GetSection("Preempt"));
        PreemptBuilder builder = new();
        configure(builder);
        WorkflowRegistry registry = builder.Build(options);
        services.AddSingleton(options);
        services.AddSingleton(provider =>
        {
            StepConstructors.Check(registry.Steps.Types, provider);
            return registry;
        });
        services.AddHostedService<StartCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MonotonicClock>();
        services.AddSingleton<ActiveSteps>();
        services.AddSingleton<AppModeReader>();
        services.AddSingleton<CleanUpSchedule>();
        FeedSettings feed = FeedSettings.Read(configuration);
        services.AddSingleton(feed);
        AppDescription description = AppFacts.Describe(FindApp(configuration), configuration, feed);
        services.AddSingleton(CancellationFeeds.Create);
        services.AddSingleton<ProgressReader>();
        if (feed.Storage is { } storage)
        {
            services.AddSingleton(provider => FeedTable.Open(storage, feed.TableName, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<ProgressTable>();
            services.AddHostedService<ProgressWriter>();
        }

        services.AddSingleton(provider => new RunClients(
            provider.GetRequiredService<WorkflowRegistry>(),
            provider.GetRequiredService<ProgressReader>(),
            provider.GetRequiredService<ICancellationFeed>(),
            provider.GetRequiredService<MonotonicClock>(),
            provider.GetRequiredService<AppModeReader>(),
            provider.GetRequiredService<CleanUpSchedule>(),
            options,
            description,
            provider.GetRequiredService<TimeProvider>()));
        if (HostWatch.FindHost(configuration) is { } host)
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<HostWatch>(provider, host));
        services.AddSingleton<GateBooks>();
        services.AddSingleton<StepRunner>();
        return services;
    }

    private static PreemptOptions ReadOptions(IConfigurationSection section)
    {
        PreemptOptions options = new();
        if (section["Timeout"] is { } timeout)
            options.Timeout = Duration.Parse(timeout);
        if (section["ScheduleTimeout"] is { } scheduleTimeout)
            options.ScheduleTimeout = Duration.Parse(scheduleTimeout);
        if (section["Grace"] is { } grace)
            options.Grace = Duration.Parse(grace);
        if (section["ShieldedShutdown"] is { } shieldedShutdown)
            options.ShieldedShutdown = ReadShieldedShutdown(shieldedShutdown);
        if (section["IdempotencyRetention"] is { } idempotencyRetention)
            options.IdempotencyRetention = ReadRetention("IdempotencyRetention", idempotencyRetention);
        if (section["RunRetention"] is { } runRetention)
            options.RunRetention = ReadRetention("RunRetention", runRetention);
        options.Lab = ReadSwitch(section, "Lab") ?? options.Lab;
        options.Events = ReadSwitch(section, "Events") ?? options.Events;
        options.TraceKeys = ReadSwitch(section, "TraceKeys") ?? options.TraceKeys;
        options.TraceErrors = ReadSwitch(section, "TraceErrors") ?? options.TraceErrors;
        return options;
    }

    private static Duration ReadShieldedShutdown(string text)
    {
        Duration time = Duration.Parse(text);
        return !time.IsNever && time.Value <= PreemptOptions.LongestShieldedShutdown
            ? time
            : throw new FormatException($"Preempt:ShieldedShutdown \"{text}\": at most {(Duration)PreemptOptions.LongestShieldedShutdown}.");
    }

    private static Duration ReadRetention(string name, string text)
    {
        Duration retention = Duration.Parse(text);
        return retention.IsNever || retention.Value >= PreemptOptions.ShortestRetention
            ? retention
            : throw new FormatException($"Preempt:{name} \"{text}\": at least {(Duration)PreemptOptions.ShortestRetention}, or never.");
    }

    private static bool? ReadSwitch(IConfigurationSection section, string name) => section[name] is not { } text ? null
        : bool.TryParse(text, out bool value) ? value
        : throw new FormatException($"Preempt:{name} \"{text}\": expected true or false.");
}
