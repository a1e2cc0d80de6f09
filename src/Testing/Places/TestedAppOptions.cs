using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Testing;

/// <summary>Options of an app under test: which app, and where it runs.</summary>
public sealed class TestedAppOptions
{
    /// <summary>Where the app runs; by default as <see cref="TestPlace.Variable"/> says.</summary>
    public TestPlace? Place { get; set; }

    /// <summary>
    /// The app's assembly, to be run as it is deployed; null for what <see cref="ConfigureServices"/> adds with <c>AddPreempt</c> alone. Not looked at where
    /// the app runs elsewhere.
    /// </summary>
    public Assembly? App { get; set; }

    /// <summary>The app's settings, as in <c>Preempt:Grace</c>: there are no others. Where the app runs elsewhere it has settings of its own.</summary>
    public IDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>();

    /// <summary>Adds the app's services, or replaces them: what is added last counts. Where the app runs elsewhere it has services of its own.</summary>
    public Action<IServiceCollection> ConfigureServices { get; set; } = static _ => { };

    /// <summary>
    /// The longest that one call of the test waits where time is real: 2 minutes by default. What waits longer there fails, whatever limit the call names. In
    /// memory it is not used.
    /// </summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(2);
}
