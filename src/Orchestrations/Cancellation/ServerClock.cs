using Azure.Core;
using Azure.Core.Pipeline;

namespace Preempt;

/// <summary>
/// The time of the storage service, by which processes whose clocks differ agree: each answer says what time it is there.
/// </summary>
internal sealed class ServerClock(TimeProvider time) : HttpPipelineSynchronousPolicy
{
    /// <summary>Answers say the time in whole seconds, and take a moment: a smaller difference means nothing.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private long _offset;

    /// <summary>The time there, as far as is known; at worst some two seconds off.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + new TimeSpan(Volatile.Read(ref _offset));

    /// <inheritdoc />
    public override void OnReceivedResponse(HttpMessage message)
    {
        if (message.HasResponse && message.Response.Headers.Date is { } date)
        {
            TimeSpan offset = date - time.GetUtcNow();
            Volatile.Write(ref _offset, offset.Duration() > Tolerance ? offset.Ticks : 0);
        }
    }
}
