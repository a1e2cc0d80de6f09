using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Preempt.Embedded.Hosting.Triggers;

namespace Preempt.Embedded.Hosting.Timers;

/// <summary>A timer function and its schedule.</summary>
internal sealed record TimerPlan(FunctionDescriptor Function, TimerSchedule Schedule)
{
    private const string ZoneSetting = "WEBSITE_TIME_ZONE";

    public TimerTriggerAttribute Trigger => (TimerTriggerAttribute)Function.Trigger;

    /// <summary>Reads the schedule of a function.</summary>
    /// <exception cref="NotSupportedException">There is none that this host can keep.</exception>
    public static TimerPlan Read(FunctionDescriptor function, IConfiguration app)
    {
        if (app[ZoneSetting] is { Length: > 0 } zone && !zone.Equals("UTC", StringComparison.OrdinalIgnoreCase))
            throw new NotSupportedException($"{ZoneSetting} is '{zone}', and this host keeps UTC only");
        string schedule = SettingNames.Resolve(((TimerTriggerAttribute)function.Trigger).Schedule, app);
        return new(function, TimerSchedule.Parse(schedule));
    }
}
