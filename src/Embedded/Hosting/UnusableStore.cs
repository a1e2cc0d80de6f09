using Microsoft.Extensions.DependencyInjection;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Hosting;

/// <summary>Finds out before the app starts whether it can use its store.</summary>
internal static class UnusableStore
{
    /// <summary>Has the engine read what is in the store. A line that says why it cannot, and what to do; null when it can.</summary>
    public static string? Find(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<DurableEngine>().Recover();
            return null;
        }
        catch (UnusableStoreException exception)
        {
            return exception.Message;
        }
    }
}
