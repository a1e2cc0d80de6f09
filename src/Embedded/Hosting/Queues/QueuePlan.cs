using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Preempt.Embedded.Hosting.Triggers;

namespace Preempt.Embedded.Hosting.Queues;

/// <summary>A queue function, its queue, and where that is.</summary>
internal sealed partial record QueuePlan(FunctionDescriptor Function, string QueueName, QueueConnection Connection)
{
    private const string PoisonSuffix = "-poison";

    /// <summary>Where messages go that cannot be worked on; null for a queue that is such a place itself.</summary>
    public string? PoisonQueueName { get; } =
        !QueueName.EndsWith(PoisonSuffix, StringComparison.Ordinal) && ValidName().IsMatch(QueueName + PoisonSuffix)
            ? QueueName + PoisonSuffix
            : null;

    /// <summary>Reads what a queue function needs.</summary>
    /// <exception cref="NotSupportedException">Its queue or its connection cannot be used.</exception>
    public static QueuePlan Read(FunctionDescriptor function, IConfiguration app)
    {
        QueueTriggerAttribute trigger = (QueueTriggerAttribute)function.Trigger;
        string name = SettingNames.Resolve(trigger.QueueName, app);
        return ValidName().IsMatch(name)
            ? new(function, name, QueueConnection.Read(trigger.Connection, app))
            : throw new NotSupportedException(
                $"queue \"{name}\": a queue's name has 3 to 63 lower-case letters, digits and single hyphens between them");
    }

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex ValidName();
}
