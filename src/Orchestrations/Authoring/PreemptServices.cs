using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Preempt;

/// <summary>Adds Preempt to a function app.</summary>
public static class PreemptServices
{
    /// <summary>Adds what runs and steps need, and the app's workflows.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configuration">The app's configuration; its section <c>Preempt</c> is read into <see cref="PreemptOptions"/>.</param>
    /// <param name="configure">Adds the workflows.</param>
    /// <returns>The services.</returns>
    /// <exception cref="FormatException">A setting cannot be read.</exception>
    /// <exception cref="ArgumentException">A workflow is not well defined.</exception>
    public static IServiceCollection AddPreempt(
        this IServiceCollection services, IConfiguration configuration, Action<PreemptBuilder> configure)
    {
        PreemptOptions options = ReadOptions(configuration.GetSection("Preempt"));
        PreemptBuilder builder = new(options);
        configure(builder);
        services.AddSingleton(options);
        services.AddSingleton(builder.Build());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MonotonicClock>();
        services.AddSingleton<ActiveSteps>();
        services.AddSingleton<AppModeReader>();
        services.AddSingleton(FeedSettings.Read(configuration));
        services.AddSingleton(CancellationFeeds.Create);
        services.AddSingleton(provider => new RunClients(
            provider.GetRequiredService<WorkflowRegistry>(),
            provider.GetRequiredService<ActiveSteps>(),
            provider.GetRequiredService<ICancellationFeed>(),
            provider.GetRequiredService<MonotonicClock>(),
            provider.GetRequiredService<AppModeReader>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new StepRunner(
            provider.GetRequiredService<ActiveSteps>(),
            provider.GetRequiredService<ICancellationFeed>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<AppModeReader>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => new WorkflowRunner(provider.GetRequiredService<WorkflowRegistry>()));
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
        options.Lab = ReadSwitch(section, "Lab") ?? options.Lab;
        options.Events = ReadSwitch(section, "Events") ?? options.Events;
        return options;
    }

    private static bool? ReadSwitch(IConfigurationSection section, string name) => section[name] is not { } text ? null
        : bool.TryParse(text, out bool value) ? value
        : throw new FormatException($"Preempt:{name} \"{text}\": expected true or false.");
}

/// <summary>Takes the workflows of an app.</summary>
public sealed class PreemptBuilder
{
    private readonly PreemptOptions _options;
    private readonly List<RegisteredWorkflow> _definitions = [];

    internal PreemptBuilder(PreemptOptions options) => _options = options;

    /// <summary>Adds a workflow. The app also needs an orchestration function of the class's name.</summary>
    /// <typeparam name="TWorkflow">Its class; each run makes an object of it.</typeparam>
    /// <returns>This builder.</returns>
    public PreemptBuilder AddWorkflow<TWorkflow>()
        where TWorkflow : Workflow, new()
    {
        _definitions.Add(WorkflowBuilder.Build<TWorkflow>(_options));
        return this;
    }

    internal WorkflowRegistry Build() => new(_definitions, _options);
}
